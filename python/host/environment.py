"""Makes a virtual environment on this machine, or says how that would go. Run over ssh as `python3 -I -c <this text>`.

In comes {"action": "check" | "make", "folder", "version": "3.11.7" or null, "requirements": [lines]}; out go lines
`modeltrail-answer {…}`: {"progress"}, and last one of {"found": version, "exists", "usable"}, {"ready": folder, "python": version}
and {"error", "stderr"}. Needs Python 3.8, nothing else.
"""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile

# Written when all is installed.
COMPLETE = "modeltrail.complete"
# What leads Python, pip or uv to another environment must not lead it out of ours.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT")


class Failed(Exception):
    pass


def say(**what):
    sys.stdout.write("modeltrail-answer " + json.dumps(what) + "\n")
    sys.stdout.flush()


def environment():
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def run(*command):
    done = subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Failed((done.stderr + b"\n" + done.stdout).decode("utf-8", "replace")[-20000:])
    return done.stdout.decode("utf-8", "replace").strip()


def version_of(program):
    try:
        return run(program, "-I", "-S", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])")
    except (Failed, OSError):
        return None


def find_base(wanted):
    """The interpreter that is nearest to the wanted version, and its version."""
    names = []
    if wanted:
        major, minor = wanted.split(".")[:2]
        pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
        names = [os.path.join(pyenv, "versions", wanted, "bin", "python"), "python%s.%s" % (major, minor)]
    found = []
    for name in names + [sys.executable]:
        program = shutil.which(name)
        version = program and version_of(program)
        if version:
            found.append((program, version))
            if version == wanted:
                break
    # As good as it gets: the very version, the same minor one, or what we run in.
    for same in (wanted, wanted and ".".join(wanted.split(".")[:2]) + "."):
        for program, version in found:
            if same and (version == same or version.startswith(same)):
                return program, version
    return found[-1]


def can_make(program, uv):
    return bool(uv) or subprocess.call([program, "-I", "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) == 0


def make(folder, program, version, uv, requirements):
    shutil.rmtree(folder, ignore_errors=True)
    count = len(requirements)
    say(progress="Making an environment with Python %s and %d package%s" % (version, count, "" if count == 1 else "s"))
    python = os.path.join(folder, "bin", "python")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as listing:
        listing.write("\n".join(requirements) + "\n")
        listing.flush()
        if uv:
            run(uv, "venv", "--quiet", "--no-project", "--python", program, folder)
            if count:
                run(uv, "pip", "install", "--quiet", "--python", python, "-r", listing.name)
        else:
            run(program, "-m", "venv", folder)
            if count:
                pip = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
                run(python, *pip, "-r", listing.name)
    open(os.path.join(folder, COMPLETE), "w").close()


def main(request):
    folder = os.path.expanduser(request["folder"])
    uv = shutil.which("uv")
    complete = os.path.join(folder, COMPLETE)
    program, version = find_base(request["version"])
    if request["action"] == "check":
        exists = os.path.exists(complete)
        return say(found=version, exists=exists, usable=exists or can_make(program, uv))
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        # One job at a time; the system lets go when we end, however that is.
        fcntl.lockf(lock, fcntl.LOCK_EX)
        if not os.path.exists(complete):
            try:
                make(folder, program, version, uv, request["requirements"])
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
    say(ready=folder, python=version)


try:
    main(json.load(sys.stdin))
except Failed as failure:
    say(error="installing failed", stderr=str(failure))
except OSError as error:
    say(error=str(error))

"""The environment of the command: that of the machine, an environment that is activated, and what the tracer needs.

job["activate"], one of: null; {"kind": "venv", "path"}; {"kind": "conda", "name"} (or a prefix); {"kind": "python", "path"}.
"""
import os
import re
import subprocess
import sys
from subprocess import PIPE

# Of a run that started us: this one is another.
NOT_OURS = ("MODELTRAIL_RUN_ID", "MODELTRAIL_SPOOL", "MODELTRAIL_ROOT", "MODELTRAIL_ADOPT", "MODELTRAIL_AUTOLOG", "MODELTRAIL_DIR")
PYTHON = re.compile(r"^(python|pypy)[\d.]*$")
CONDA_FOLDERS = ("miniconda3", "miniforge3", "mambaforge", "anaconda3", "micromamba", ".conda")


class NotThere(Exception):
    """An environment that cannot be activated; the message is for the user."""


def environment_of(job, folder):
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment = activate(job.get("activate"), environment)
    environment.update(job.get("env") or {})
    # What is printed is to be seen when it is: there is no terminal here that would have it so.
    environment.setdefault("PYTHONUNBUFFERED", "1")
    tracer = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tracer")
    others = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry not in ("", tracer)]
    environment.update(
        MODELTRAIL_JOB=job["id"],
        MODELTRAIL_RUN_ID=job["run"],
        MODELTRAIL_SPOOL=folder.spool,
        MODELTRAIL_ROOT=os.path.normpath(os.path.join(folder.work, job.get("project") or "")),
        PYTHONPATH=os.pathsep.join([tracer] + others),
    )
    return environment


def activate(wanted, environment):
    """`environment` as it is once `wanted` is activated in it. Raises NotThere."""
    if not wanted:
        return environment
    if wanted["kind"] == "conda":
        return activate_conda(wanted["name"], environment)
    environment = dict(environment)
    if wanted["kind"] == "venv":
        prefix = os.path.expanduser(wanted["path"])
        if not os.access(os.path.join(prefix, "bin", "python"), os.X_OK):
            raise NotThere("%s: no virtual environment with a Python that runs" % wanted["path"])
        environment["VIRTUAL_ENV"] = prefix
        environment.pop("PYTHONHOME", None)
        bins = os.path.join(prefix, "bin")
    else:
        bins = os.path.dirname(os.path.expanduser(wanted["path"]))
    if bins:
        environment["PATH"] = os.pathsep.join([bins, environment.get("PATH", os.defpath)])
    return environment


def activate_conda(name, environment):
    """By conda itself, whose packages may have scripts of their own to be run; then read from a shell what it did."""
    program = environment.get("CONDA_EXE") or find("conda", environment) or find("mamba", environment)
    for base in CONDA_FOLDERS:
        path = os.path.expanduser("~/%s/bin/conda" % base)
        program = program or (path if os.access(path, os.X_OK) else None)
    if not program:
        raise NotThere("conda: command not found")
    script = 'eval "$("$1" shell.posix activate "$2")" >&2 && exec env -0'
    done = subprocess.run(["sh", "-c", script, "sh", program, name], env=environment, stdout=PIPE, stderr=PIPE)
    activated = b"CONDA_PREFIX=" in done.stdout
    if done.returncode != 0 or not activated:
        raise NotThere(os.fsdecode(done.stderr).strip() or "the conda environment %s could not be activated" % name)
    pairs = [os.fsdecode(pair).partition("=") for pair in done.stdout.split(b"\0") if b"=" in pair]
    return {name: value for name, _, value in pairs}


def program_of(job, environment, folder):
    """
    What to start for the first word of the command. A Python that was named by its place on the machine where the job was
    asked for, or as `python` where there is only `python3`, is the job's own.
    """
    word = job["command"][0]
    name = os.path.basename(word)
    if not PYTHON.match(name):
        return word
    wanted = job.get("activate")
    if wanted and wanted["kind"] == "python":
        return os.path.expanduser(wanted["path"])
    if "/" in word:
        start = os.path.join(folder.work, job["cwd"], word)
        if os.access(start, os.X_OK):
            return word
    for one in (name, "python3", "python"):
        if find(one, environment):
            return find(one, environment)
    return sys.executable


def find(name, environment):
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, name)
        if folder and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None

"""Runs a job in a place that was given nothing but a bundle (see src/targets/bundle/): unpacks it, and lets the agent stream.

    python3 unpack.py [PART...]

PART: the bundle, a zip file, or its pieces in order; default: `bundle.zip` beside this file. What is unpacked is removed at the
end. Ends with the agent's exit code.
"""
import os
import shutil
import signal
import sys
import tempfile
import zipfile

LINK = 0o120000


def main():
    if sys.version_info < (3, 8):
        sys.exit("Modeltrail needs Python 3.8 or newer; %s is %d.%d." % (sys.executable, *sys.version_info[:2]))
    here = os.path.dirname(os.path.abspath(__file__))
    parts = sys.argv[1:] or [os.path.join(here, "bundle.zip")]
    folder = tempfile.mkdtemp(prefix="modeltrail-job-")
    agent = 0

    def forward(number, _):
        if agent:
            try:
                os.kill(agent, number)
            except OSError:
                pass  # it has just ended
        else:
            raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, forward)
    try:
        with tempfile.TemporaryFile(dir=folder) as whole:
            for part in parts:
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, whole)
            with zipfile.ZipFile(whole) as bundle:
                unpack(bundle, folder)
        program = os.path.join(folder, "python", "agent", "agent.py")
        command = [sys.executable, "-I", "-S", "-X", "utf8", program, "stream", os.path.join(folder, "job")]
        agent = os.spawnv(os.P_NOWAIT, sys.executable, command)
        status = os.waitpid(agent, 0)[1]
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unpack(bundle, folder):
    """With the permissions and links that `extractall` would leave out."""
    links = []
    for member in bundle.infolist():
        mode = member.external_attr >> 16
        path = os.path.join(folder, member.filename)
        if mode & 0o170000 == LINK:
            links.append((path, bundle.read(member).decode("utf-8", "surrogateescape")))
        else:
            bundle.extract(member, folder)
            os.chmod(path, mode & 0o777 | (0o700 if member.is_dir() else 0o400))
    # After all files, so that none is written through one.
    for path, target in links:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(target, path)


sys.exit(main())

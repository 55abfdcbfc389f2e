"""
    agent.py prepare FOLDER < REQUEST

Makes the job's folder ready, from what was sent before, and starts the job when asked to. REQUEST, JSON:

    job      as it goes into job.json:
             id, run, command, cwd, project (both relative to work/), env, activate (see activation.py), variables (names of
             those that runs remember), limits {seconds, memory}, grace (s between the signals of a cancel),
             stream {file, total} (bytes of files that go into a log, see stream_job.py)
    files    [path, size, mtimeNs, mode, sha256 or null] of each file of the stage; links [path, target]; folders [path]
    mirror   the folder that files are sent to; null: they were sent to work/ itself
    start    whether to start the job as well

Answers with one of: {"missing": [paths]} (nothing is started; send them and ask again), {"full": {free, need}},
{"ready": absolute path of the folder, "status": see jobfolder.py}.
"""
import json
import os
import sys
import time

from answer import answer
from copying import arrives, prune
from workfiles import look

# What is to be left on the disk, for output and results.
SPARE = 64 << 20


def main(folder):
    request = json.load(sys.stdin)
    job = request["job"]
    # In a sticky folder that all may use, ours is closed to others.
    os.makedirs(folder.path, mode=0o700, exist_ok=True)
    if folder.exists("claim"):
        return ready(folder)
    need = sum([size for _, size, *_ in request["files"]]) - used(folder.work)
    disk = os.statvfs(folder.path)
    free = disk.f_bavail * disk.f_frsize
    if free < need + SPARE:
        answer({"full": {"free": free, "need": need + SPARE}})
        return 0
    os.makedirs(folder.spool, mode=0o700, exist_ok=True)
    missing = fill(folder.work, request)
    if missing:
        answer({"missing": missing})
        return 0
    if not folder.exists("job.json"):
        hashes = {path: sha256 for path, _, _, _, sha256 in request["files"] if sha256}
        folder.write("before.json", {"files": look(folder.work), "hashes": hashes, "time": time.time()})
        folder.write("job.json", job)
    if request["start"]:
        from start_job import start

        start(folder)
    return ready(folder)


def ready(folder):
    answer({"ready": folder.path, "status": folder.status()})
    return 0


def fill(work, request):
    """Puts the stage into `work`; gives the paths of what is not there yet."""
    mirror = request["mirror"] and os.path.realpath(os.path.expanduser(request["mirror"]))
    if mirror:
        os.makedirs(mirror, mode=0o700, exist_ok=True)
    os.makedirs(work, exist_ok=True)
    for path in request["folders"]:
        os.makedirs(os.path.join(work, path), exist_ok=True)
    missing = []
    for path, size, modified, mode, sha256 in request["files"]:
        target = os.path.join(work, path)
        if not arrives(mirror and os.path.join(mirror, path), target, size, int(modified), mode, sha256):
            missing.append(path)
    for path, to in request["links"]:
        target = os.path.join(work, path)
        if not os.path.islink(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.symlink(to, target)
    if mirror and not missing:
        prune(mirror, {path for path, *_ in request["files"]})
    return missing


def used(work):
    return sum([size for size, *_ in look(work).values() if size is not None])

"""The files that the command read or wrote: the `file` lines of the spool, at the end of the job."""
import json
import os
import stat
import time

from copying import hash_file
from workfiles import changes, look

# A cancelled job is not held up for longer by hashing, s; and larger files are not begun.
HURRY = 5
HURRY_SIZE = 256 << 20
SYSTEM = ("/proc/", "/sys/", "/dev/")


def tell_files(folder, spool, hurry=False):
    """Those of work/ that changed, and those that the tracer saw; of large ones that are as they were sent nothing is said."""
    before = folder.read("before.json") or {"files": {}, "hashes": {}}
    after = look(folder.work)
    changed, _ = changes(before["files"], after)
    read, written = opened(folder.spool)
    written.update([os.path.join(folder.work, path) for path in changed if after[path][0] is not None])
    deadline = time.monotonic() + HURRY
    for path in sorted(read | written):
        status = regular(path)
        if status is None or path.startswith(SYSTEM) or is_ours(folder, path):
            continue
        name = os.path.relpath(path, folder.work)
        unchanged = name in before["files"] and before["files"][name] == after.get(name)
        sha256 = before["hashes"].get(name) if unchanged else None
        if unchanged and sha256 is None:
            continue  # large, and as it was sent: whoever sent it has it
        if sha256 is None and not (hurry and (status.st_size > HURRY_SIZE or time.monotonic() > deadline)):
            sha256 = hash_of(path)
        fields = {"path": path, "mode": "w" if path in written else "r", "sha256": sha256}
        spool.send("file", size=status.st_size, mtimeNs=str(status.st_mtime_ns), **fields)


def opened(spool):
    """({paths that were read}, {paths that were written}) as the tracer saw it."""
    read, written = set(), set()
    for name in os.listdir(spool):
        with open(os.path.join(spool, name), "rb") as file:
            for line in file:
                if b'"e":"open"' not in line and b'"e":"rename"' not in line:
                    continue
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # torn
                if event["e"] == "rename":
                    written.add(event["to"])
                else:
                    (read if event["mode"] == "r" else written).add(event["path"])
    return read, written


def is_ours(folder, path):
    return path.startswith(os.path.join(folder.path, "")) and not path.startswith(os.path.join(folder.work, ""))


def regular(path):
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def hash_of(path):
    try:
        return hash_file(path)
    except OSError:
        return None

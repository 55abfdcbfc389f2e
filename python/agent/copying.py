"""Files of the stage, from the folder that they were sent to into the job's own."""
import hashlib
import os
import time

try:
    import fcntl
except ImportError:
    fcntl = None

CHUNK = 1 << 20
SECOND = 10**9
# Of <linux/fs.h>: the copy shares its blocks with the original until one of them is written.
FICLONE = 0x40049409
# What no job has asked for in so long goes.
STALE = 7 * 24 * 3600


def arrives(source, target, size, modified, mode, sha256):
    """
    Whether `target` is the wanted file, by taking it from `source` (None: it was sent to `target` itself). A file with a
    known hash is compared by that, any other by size and time, as rsync does.
    """
    status = stat(target)
    if status and status.st_size == size and status.st_mtime_ns == modified:
        return True
    if source is None:
        return bool(status) and matches(target, status, size, modified, sha256) and not finish(target, modified, mode)
    status = stat(source)
    if not status or status.st_size != size:
        return False
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if not matches(source, status, size, modified, sha256):
        return False
    copy(source, target)
    after = stat(source)
    # Another job may have sent another version of it meanwhile.
    if not after or (after.st_mtime_ns, after.st_ino) != (status.st_mtime_ns, status.st_ino):
        os.unlink(target)
        return False
    finish(target, modified, mode)
    return True


def matches(path, status, size, modified, sha256):
    if status.st_size != size:
        return False
    if sha256 is not None:
        return hash_file(path) == sha256
    # Some ways of sending cut times to whole seconds or to microseconds.
    return any([status.st_mtime_ns == modified // unit * unit for unit in (1, 100, 1000, SECOND)])


def finish(path, modified, mode):
    os.chmod(path, mode)
    os.utime(path, ns=(modified, modified))


def stat(path):
    try:
        return os.stat(path, follow_symlinks=False)
    except OSError:
        return None


def hash_file(path):
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


def copy(source, target):
    with open(source, "rb", buffering=0) as reader, open(target, "wb", buffering=0) as writer:
        try:
            fcntl.ioctl(writer.fileno(), FICLONE, reader.fileno())
            return
        except (OSError, AttributeError):
            pass
        for chunk in iter(lambda: reader.read(CHUNK), b""):
            view = memoryview(chunk)
            while view:
                view = view[writer.write(view) :]


def prune(mirror, wanted):
    """Of what was sent for earlier jobs, removes what is not wanted and has not been sent for long."""
    limit = time.time() - STALE
    for folder, _, names in os.walk(mirror):
        for name in names:
            path = os.path.join(folder, name)
            status = stat(path)
            if status and status.st_ctime < limit and os.path.relpath(path, mirror) not in wanted:
                os.unlink(path)

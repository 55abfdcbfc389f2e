"""Brings files to a folder of this machine, or from it, sending only what differs; for hosts without rsync.

Run over ssh as `python3 -c <this text> receive|send FOLDER [BASIS]`; it talks over its standard input and output with
src/targets/host/transfer.ts, in lines of JSON and pieces of files. Needs Python 3.8, nothing else.

`receive`: lines [path, kind, size, mtimeNs, mode, link] come in, then an empty one. Out go [i] for each that is to be sent,
[i, sha256] for each that may be equal, then an empty line. In come [i] with pieces, or [i, true] when it is equal.
`send`: lines [path, size or null, mtimeNs or null] of what the other side has come in, then an empty one. Out go [i] for each
whose hash is to be told, then an empty line; in come [i, sha256], then an empty line. Out go [i, kind, mtimeNs, mode, link],
for a file with pieces, or [i, "times", mtimeNs, mode] when it is equal, then an empty line.
A piece is its length on a line of its own, then its bytes; 0 ends a file. An error is {"error": text} instead of a line.
"""
import hashlib
import json
import os
import shutil
import stat
import sys

PIECE = 1 << 18
# Below this it is quicker to send a file than to ask about it.
ASK_FROM = 1 << 14

source, sink = sys.stdin.buffer, sys.stdout.buffer


def tell(*values):
    sink.write(json.dumps(values).encode("ascii") + b"\n")


def told():
    """The lines up to an empty one."""
    for line in iter(source.readline, b""):
        if line == b"\n":
            return
        yield json.loads(line.decode("utf-8"))
    raise EOFError("the other side is gone")


def end_of_list():
    sink.write(b"\n")
    sink.flush()


def look(path):
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            sha.update(piece)
    return sha.hexdigest()


def whole(path, write):
    """Writes a file so that never half of it is under its name."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = os.path.join(os.path.dirname(path), ".modeltrail-%d.part" % os.getpid())
    try:
        write(part)
        there = look(path)
        if there and stat.S_ISDIR(there.st_mode):
            shutil.rmtree(path)
        os.replace(part, path)
    except BaseException:
        if os.path.lexists(part):
            os.unlink(part)
        raise


def set_times(path, time, mode):
    os.chmod(path, mode)
    os.utime(path, ns=(time, time))


def receive(root, basis):
    entries = list(told())
    places = {}
    for index, (path, kind, size, time, mode, link) in enumerate(entries):
        place = os.path.join(root, path)
        there = look(place)
        if kind == "folder":
            if there and not stat.S_ISDIR(there.st_mode):
                os.unlink(place)
            os.makedirs(place, exist_ok=True)
        elif kind == "link":
            if not (there and stat.S_ISLNK(there.st_mode) and os.readlink(place) == link):
                whole(place, lambda part: os.symlink(link, part))
        else:
            found = find(place, there, os.path.join(basis, path) if basis else None, size, time)
            if found is None:
                tell(index)
            elif found[1]:
                take(found[0], place, time, mode)
            else:
                places[index] = found[0]
                tell(index, digest(found[0]))
    end_of_list()
    for index, *equal in told():
        path, _, _, time, mode, _ = entries[index]
        place = os.path.join(root, path)
        if equal:
            take(places[index], place, time, mode)
        else:
            whole(place, lambda part: write_pieces(part, time, mode))
    end_of_list()


def find(place, there, other, size, time):
    """A file that may be the same, and whether it surely is; None when there is none."""
    for path, status in ((place, there), (other, look(other) if other else None)):
        if status and stat.S_ISREG(status.st_mode) and status.st_size == size:
            if abs(status.st_mtime_ns - time) < 1000:
                return path, True
            if size >= ASK_FROM:
                return path, False
    return None


def take(found, place, time, mode):
    if found == place:
        set_times(place, time, mode)
    else:

        def copy(part):
            shutil.copyfile(found, part)
            set_times(part, time, mode)

        whole(place, copy)


def write_pieces(part, time, mode):
    with open(part, "wb") as file:
        while True:
            length = int(source.readline() or b"-1")
            if length < 0:
                raise EOFError("the other side is gone")
            if length == 0:
                break
            piece = source.read(length)
            if len(piece) < length:
                raise EOFError("the other side is gone")
            file.write(piece)
    set_times(part, time, mode)


def send(root):
    entries = list(told())
    # By index: the file's state, and whether it is the same for sure.
    found = {}
    for index, (path, size, time) in enumerate(entries):
        status = look(os.path.join(root, path))
        if not status or not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
            continue
        regular = stat.S_ISREG(status.st_mode) and status.st_size == size
        if regular and abs(status.st_mtime_ns - time) < 1000:
            continue
        found[index] = status
        if regular and size >= ASK_FROM:
            tell(index)
    end_of_list()
    hashes = dict(told())
    for index, status in found.items():
        place = os.path.join(root, entries[index][0])
        mode = stat.S_IMODE(status.st_mode)
        try:
            if stat.S_ISLNK(status.st_mode):
                tell(index, "link", status.st_mtime_ns, mode, os.readlink(place))
            elif index in hashes and digest(place) == hashes[index]:
                tell(index, "times", status.st_mtime_ns, mode)
            else:
                with open(place, "rb") as file:
                    tell(index, "file", status.st_mtime_ns, mode, None)
                    for piece in iter(lambda: file.read(PIECE), b""):
                        sink.write(b"%d\n" % len(piece) + piece)
                sink.write(b"0\n")
        except FileNotFoundError:
            pass
    end_of_list()


def inside(folder):
    return os.path.expanduser(folder) if folder == "~" or folder.startswith("~/") else folder


def main(action, root, basis=None):
    try:
        if action == "receive":
            os.makedirs(inside(root), exist_ok=True)
            receive(inside(root), basis and inside(basis))
        else:
            send(inside(root))
    except (OSError, EOFError) as error:
        sink.write(json.dumps({"error": str(error)}).encode("ascii") + b"\n")
        sink.flush()
        sys.exit(1)


main(*sys.argv[1:])

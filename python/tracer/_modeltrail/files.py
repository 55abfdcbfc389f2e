"""Files that the run opens, as the interpreter's own audit events tell them, before each open.

An event costs little: what belongs to Python, to installed packages or to the system is dropped by its prefix, and a
file is told once per way of opening. The spool stays small whatever the run reads: past a number of files they are
counted by folder.
"""

import os
from os import fsdecode, getcwd, getpid, stat
from os.path import dirname, exists, isabs, join, normcase, normpath, realpath
from stat import S_ISDIR, S_ISREG

FOLDER_LIMIT = 2_000  # files told one by one, in one folder
FILE_LIMIT = 20_000  # and in all folders, shared among the processes of the run
LEAST_LIMIT = 100
COUNT_LIMIT = 200_000  # files that are told apart at all: about 13 MB of memory
DIR_LIMIT = 5_000  # folders counted one by one
RENAME_LIMIT = 20_000

_WRITES = os.O_WRONLY | os.O_RDWR
_AFRESH = os.O_TRUNC | os.O_EXCL
_NO_FILE = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", 0)
_WINDOWS = os.name == "nt"


def how_opened(mode, flags):
    """`r`, `w` or `rw` from the event's arguments; None for an open that touches no content.

    `os.open` and everything on it give exact flags; a stdio open inside the interpreter gives a mode and 0.
    """
    if flags == 0 and type(mode) is str:
        if "+" in mode:
            return "w" if "w" in mode else "rw"
        return "r" if "r" in mode else "w"
    if flags & _NO_FILE:
        return None
    if not flags & _WRITES:
        return "r"
    return "rw" if flags & os.O_RDWR and not flags & _AFRESH else "w"


def as_path(value):
    """The path of an event as str; None for a descriptor or something unknown."""
    if type(value) is str:
        return value
    if isinstance(value, bytes):
        return fsdecode(value)
    if isinstance(value, str):
        return str.__str__(value)
    # sqlite3 hands over the pathlib object itself; other classes' __fspath__ would be the user's code.
    if type(value).__module__.partition(".")[0] == "pathlib":
        return str(value)
    return None


def absolute(path):
    """Against the working folder of this moment. A symlink stays the name that the run used."""
    if not isabs(path):
        path = join(getcwd(), path)
    if "/.." in path and not _WINDOWS:
        return realpath(path)  # the only right answer where a folder before the ".." is a symlink
    if "/./" in path or "//" in path or _WINDOWS:
        return normpath(path)
    return path


class Files:
    """Handlers for file events. `scope` says which paths are whose; `spool` is where they are told."""

    def __init__(self, spool, scope):
        self.spool = spool
        self.scope = scope
        self.forget()
        self.handlers = {
            "open": self.opened,
            "os.rename": self.renamed,
            "sqlite3.connect": self.database,
            # shutil.copyfile opens both files itself, except where Windows copies them.
            "_winapi.CopyFile2": self.copied,
        }

    def forget(self):
        """Nothing was told yet."""
        self.seen = {"r": set(), "w": set(), "rw": set()}  # hashes of paths
        self.modules = set()
        self.renames = set()
        self.in_folder = {}  # (folder, mode) → files told one by one
        self.budget = {}  # pid → how many files it may still tell one by one
        self.counts = {}  # (folder, mode) → files counted, at least
        self.next_report = {}  # (folder, mode) → count at which it is told again

    def opened(self, path, mode, flags):
        if type(path) is not str:
            path = as_path(path)
        if not path or (normcase(path) if _WINDOWS else path).startswith(self.scope.skipped):
            return
        how = how_opened(mode, flags)
        if how is None:
            return
        path = absolute(path)
        if how == "r":
            source = self.scope.source_of(path)
            if source is not None:
                if source not in self.modules:
                    self.module(source)
                return
            path = self.scope.code_behind(path)
        elif self.scope.is_byte_code(path):
            return
        if hash(path) not in self.seen[how] and not self.scope.is_skipped(path):
            self.file(path, how, flags & os.O_CREAT)

    def module(self, source):
        """Tell a source file of the project that was not told yet."""
        if exists(source) and len(self.modules) < FILE_LIMIT:
            self.modules.add(source)
            self.spool.send("module", {"path": source})

    def file(self, path, how, creates=False):
        """Tell a file that was not told yet."""
        try:
            status = stat(path)
        except (OSError, ValueError):
            if how == "r" or not (how == "w" or creates):
                return  # this open is about to fail
            how, status = "w", None
        if status is not None and not S_ISREG(status.st_mode):
            return
        seen = self.seen[how]
        if hash(path) in seen or len(seen) >= COUNT_LIMIT:
            return
        seen.add(hash(path))
        key = (dirname(path), how)
        number = self.in_folder.get(key, 0)
        if number >= FOLDER_LIMIT or not self.spend():
            self.count(key)
            return
        self.in_folder[key] = number + 1
        size = modified = changed = inode = 0  # of a file that is about to be written, nothing is known yet
        if how != "w":
            size, modified, changed, inode = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        event = {"path": path, "mode": how, "size": size, "mtimeNs": str(modified), "ctimeNs": str(changed)}
        event["ino"] = str(inode)
        self.spool.send("open", event)

    def spend(self):
        """Take one from what this process may still tell. Many processes get less each: workers may be forked anew in
        each epoch, and tell the same files again."""
        pid = getpid()
        left = self.budget.get(pid)
        if left is None:
            left = max(LEAST_LIMIT, FILE_LIMIT // self.spool.processes())
        self.budget[pid] = max(0, left - 1)
        return left > 0

    def count(self, key):
        """Count a file that is not told; the count is told whenever it has doubled, and at exit."""
        if key not in self.counts and len(self.counts) >= DIR_LIMIT:
            key = (dirname(key[0]), key[1])
            if key not in self.counts and len(self.counts) >= 2 * DIR_LIMIT:
                return
        count = self.counts.get(key, 0) + 1
        self.counts[key] = count
        if count >= self.next_report.get(key, 0):
            self.next_report[key] = 2 * count
            self.tell_count(key)

    def tell_count(self, key):
        self.spool.send("dir", {"path": key[0], "mode": key[1], "count": self.counts[key]})

    def tell_counts(self):
        """At exit."""
        for key in list(self.counts):
            self.tell_count(key)

    def renamed(self, source, target, source_folder=-1, target_folder=-1):
        source, target = as_path(source), as_path(target)
        if not source or not target:
            return
        # A path relative to a descriptor cannot be resolved here, unless it happens to be the working folder.
        source, target = absolute(source), absolute(target)
        if self.scope.is_skipped(target) or self.scope.is_byte_code(target):
            return
        try:
            status = stat(source)
        except (OSError, ValueError):
            return
        pair = hash((source, target))
        if pair in self.renames or len(self.renames) >= RENAME_LIMIT:
            return
        if S_ISREG(status.st_mode) or S_ISDIR(status.st_mode):
            self.renames.add(pair)
            self.spool.send("rename", {"from": source, "to": target})

    def database(self, name):
        """sqlite3 opens its files itself. `:memory:` and the empty name are no files."""
        path = as_path(name)
        how = "rw"
        if path and path.startswith("file:"):
            path, _, options = path[5:].partition("?")
            path = _unquote("/" + path.lstrip("/") if path.startswith("//") else path)
            if "mode=memory" in options:
                return
            if "mode=ro" in options or "immutable=1" in options:
                how = "r"
        if path and path != ":memory:":
            path = absolute(path)
            if not self.scope.is_skipped(path):
                self.file(path, how, creates=True)

    def copied(self, source, target, *_):
        for path, how in ((as_path(source), "r"), (as_path(target), "w")):
            if path and not self.scope.is_skipped(absolute(path)):
                self.file(absolute(path), how)


def _unquote(text):
    """`%20` in a URI; urllib would have to be imported."""
    first, *rest = text.split("%")
    data = first.encode("utf-8", "surrogateescape")
    for part in rest:
        try:
            data += bytes([int(part[:2], 16)]) + part[2:].encode("utf-8", "surrogateescape")
        except ValueError:
            data += b"%" + part.encode("utf-8", "surrogateescape")
    return data.decode("utf-8", "surrogateescape")

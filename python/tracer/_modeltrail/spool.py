"""The spool: one append-only file of JSON lines per process, which the recorder reads while the run goes on.

No lock, no thread, no buffer: a line is one `os.write`, so a process that is killed loses nothing it had said.
"""

import os
from _thread import _count as count_threads
from os import O_APPEND, O_CREAT, O_WRONLY, close, dup2, fstat, getpid, write
from time import time, time_ns

# So much is written without anybody who reads it.
_UNREAD = 4 << 20

# Where the descriptor is moved to, so that the run's own files get the numbers they would have had.
# Below 256, macOS's default limit.
_HIGHEST, _LOWEST = 250, 200


def quote(text):
    """JSON string in ASCII; lone surrogates (undecodable bytes of a path) become `\\udcXX`."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return '"' + text + '"'
    parts = []
    for char in text:
        code = ord(char)
        if 32 <= code < 127 and char not in '"\\':
            parts.append(char)
        elif code < 0x10000:
            parts.append("\\u%04x" % code)
        else:
            code -= 0x10000
            parts.append("\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)))
    return '"' + "".join(parts) + '"'


def encode(value):
    """JSON of str, int, bool, None, and lists and dicts of them. (Importing json would cost more than the tracer.)"""
    if type(value) is str:
        return quote(value)
    if type(value) is int:
        return str(value)
    if type(value) is list:
        return "[" + ",".join([encode(item) for item in value]) + "]"
    if type(value) is dict:
        return "{" + ",".join([quote(key) + ":" + encode(item) for key, item in value.items()]) + "}"
    return "null" if value is None else "true" if value else "false"


class Spool:
    """Writes events. `describe(forked)` gives the fields of the `start` line that opens each file.

    `is_read(folder)` tells whether somebody has come to read; without it, somebody is there from the start.
    """

    def __init__(self, folder, describe, is_read=None):
        self.folder = folder
        self.describe = describe
        self.is_read = is_read
        self.unread = _UNREAD
        self.pid = getpid()
        self.descriptors = {}  # pid → (descriptor, device, inode); None once given up

    def send(self, event, fields):
        """Append one line. Silent when the spool cannot be written."""
        pid = getpid()
        if pid not in self.descriptors:
            self.open()
        opened = self.descriptors[pid]
        if opened is None:
            return
        descriptor, device, inode = opened
        line = '{"e":"%s","t":%.3f%s%s}\n' % (event, time() * 1000, "," if fields else "", encode(fields)[1:-1])
        try:
            # A daemon closes every descriptor it finds; ours may by now be a file of the user's.
            status = fstat(descriptor)
            if status.st_ino != inode or status.st_dev != device:
                raise OSError
            data = line.encode("ascii")
            if self.is_read and not self.may_write(len(data)):
                raise OSError
            if write(descriptor, data) != len(data):
                write(descriptor, b"\n")  # the disk is full: end the torn line, so that it spoils no other
        except OSError:
            self.descriptors[pid] = None

    def may_write(self, size):
        """Whether there is a reader, or little enough was written until one comes."""
        self.unread -= size
        if self.unread < 0:
            if not self.is_read(self.folder):
                return False
            self.is_read = None
        return True

    def is_open(self):
        """Whether this very process, rather than the one that it was forked from, has written a line."""
        return self.descriptors.get(getpid()) is not None

    def processes(self):
        """How many processes have opened a spool in this folder; 1 when unknown."""
        try:
            return max(1, len(os.listdir(self.folder)))
        except OSError:
            return 1

    def open(self):
        """Begin this process's file with its `start` line. Returns whether that went well."""
        pid = getpid()
        try:
            name = "%d-%d.jsonl" % (pid, time_ns())
            descriptor = _out_of_the_way(os.open(os.path.join(self.folder, name), O_WRONLY | O_CREAT | O_APPEND, 0o600))
            status = fstat(descriptor)
            mine = (descriptor, status.st_dev, status.st_ino)
        except OSError:
            mine = None
        # Two threads of a forked child may both get here; setdefault lets one win without a lock.
        won = self.descriptors.setdefault(pid, mine) is mine
        if mine is not None:
            if won:
                self.send("start", self.describe(pid != self.pid))
            else:
                close(mine[0])
        return self.is_open()


def _out_of_the_way(descriptor):
    """Move to a free high number, where that cannot race with another thread; else leave it.

    Raises OSError rather than sit on 0, 1 or 2, which a daemon is about to open itself.
    """
    if count_threads() > 0:
        if descriptor <= 2:
            close(descriptor)
            raise OSError
        return descriptor
    for number in range(_HIGHEST, _LOWEST, -1):
        try:
            fstat(number)
        except OSError:
            try:
                dup2(descriptor, number, False)
            except OSError:
                return descriptor
            close(descriptor)
            return number
    return descriptor

"""Where lines go: the spool of the run that is being recorded, else a file of the user's.

Each process has a file of its own, and a line is one `os.write` that appends: threads and forked children cannot tear each
other's lines, and a process that is killed loses nothing that it had said.
"""

import json
import math
import os
import sys
import threading
import time
import warnings

from ._secrets import mask_arguments

FORMAT = 1
_LOCAL = "modeltrail-log.jsonl"


class Writer:
    def __init__(self, on_other_run):
        self._on_other_run = on_other_run
        self._opened = {}  # pid → (descriptor, device, inode); None once given up
        self._run = _spool_variable()
        self._renew_lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self):
        self._lock = threading.RLock()

    def spool(self):
        """The folder of the run's spool, None outside of a run."""
        folder = _spool_variable()
        return folder if folder and os.path.isdir(folder) else None

    def follow(self):
        """Go on with the run that there is now: in a notebook's kernel, another may have begun since the last call."""
        if self._run == _spool_variable():
            return
        with self._lock:
            self._run = _spool_variable()
            opened = self._opened.pop(os.getpid(), None)
            if opened is not None and _is_ours(opened):
                os.close(opened[0])
        self._on_other_run()

    def write(self, fields):
        """Append a line. Whatever goes wrong is no business of the training's."""
        try:
            self.follow()
            opened = self._file()
            line = _line(fields)
            if opened is not None and not _append(opened, line):
                # Something closed our descriptor, as daemons do with all: the file is opened anew, once.
                self._opened.pop(os.getpid(), None)
                opened = self._file()
                if opened is not None and not _append(opened, line):
                    self._opened[os.getpid()] = None
        except Exception as error:
            self._give_up(error)

    def _file(self):
        pid = os.getpid()
        with self._lock:
            if pid not in self._opened:
                self._opened[pid] = None  # should opening fail
                self._opened[pid] = self._open(pid)
            return self._opened[pid]

    def _open(self, pid):
        path = self._path(pid)
        if path is None:
            return None
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        status = os.fstat(descriptor)
        opened = (descriptor, status.st_dev, status.st_ino)
        argv = mask_arguments([str(item) for item in getattr(sys, "argv", [])])
        _append(opened, _line({"e": "start", "format": FORMAT, "pid": pid, "cwd": os.getcwd(), "argv": argv}))
        return opened

    def _path(self, pid):
        spool = self.spool()
        if spool is not None:
            folder = os.path.join(spool, "api")
            os.makedirs(folder, exist_ok=True)
            return os.path.join(folder, "%d-%d.jsonl" % (pid, time.time_ns()))
        local = os.environ.get("MODELTRAIL_LOG") or _LOCAL
        return None if local.lower() in ("off", "0") else os.path.abspath(local)

    def _give_up(self, error):
        """Silent inside a run, whose output must not change. Outside of one nobody else would tell."""
        try:
            if self.spool() is None:
                warnings.warn("modeltrail: what is logged cannot be written: %s" % error, RuntimeWarning, stacklevel=4)
        except Exception:  # warnings may be errors
            pass


def _append(opened, line):
    """False when the descriptor is not our file any more. Raises OSError when the disk is full."""
    if not _is_ours(opened):
        return False
    descriptor = opened[0]
    if os.write(descriptor, line) != len(line):
        os.write(descriptor, b"\n")  # the disk is full: end the torn line, so that it spoils no other
    return True


def _is_ours(opened):
    descriptor, device, inode = opened
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == (device, inode)


def _spool_variable():
    return os.environ.get("MODELTRAIL_SPOOL")


def _line(fields):
    """JSON in ASCII. JSON has no NaN and no infinities, so these are texts: "nan", "inf", "-inf"."""
    line = {"e": fields["e"], "t": round(time.time() * 1000, 3)}
    line.update(fields)
    if fields["e"] == "log":
        values = fields["values"].items()
        line["values"] = {name: value if math.isfinite(value) else str(value) for name, value in values}
    return json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"

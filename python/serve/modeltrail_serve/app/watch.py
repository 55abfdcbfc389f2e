"""Ends the server when the process that started it is gone, however that went."""

import os
import sys
import threading
import time

EVERY_SECONDS = 0.5


def watch_parent(pid, end):
    """Calls `end` once when `pid` has ended."""
    gone = _gone_on_windows(pid) if sys.platform == "win32" else _gone(pid)
    threading.Thread(target=_watch, args=(gone, end), name="watch-parent", daemon=True).start()


def _watch(gone, end):
    while not gone():
        time.sleep(EVERY_SECONDS)
    end()


def _gone(pid):
    # Of the own parent its successor tells that it is gone, whoever has its number by then.
    if os.getppid() == pid:
        return lambda: os.getppid() != pid
    return lambda: not _exists(pid)


def _exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _gone_on_windows(pid):
    import ctypes

    synchronize, signaled = 0x00100000, 0
    handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
    if not handle:
        return lambda: True
    return lambda: ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == signaled

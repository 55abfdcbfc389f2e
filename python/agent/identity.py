"""Telling a process from a later one with the same number, and from one of another machine that shares our disk."""
import functools
import os
import subprocess


def identity(pid=None):
    pid = pid or os.getpid()
    return {"pid": pid, "start": start_of(pid) or "", "boot": boot(), "space": space(), "host": os.uname().nodename}


def is_alive(one):
    """None: it is of another machine or container, and cannot be seen from here."""
    if one["boot"] != boot():
        # The same machine was started anew since: nothing from before is left.
        return False if one["host"] == os.uname().nodename and boot() else None
    if one["space"] != space():
        return None
    start = start_of(one["pid"])
    return start is not None and (not start or not one["start"] or start == one["start"])


def start_of(pid):
    """When it was started, in the system's own words; None when there is no such process, or only its remains."""
    fields = stat_of(pid)
    if fields:
        return None if fields[0] in (b"Z", b"X") else fields[19].decode()
    if os.path.exists("/proc/self/stat"):
        return None
    environment = dict(os.environ, LC_ALL="C", TZ="UTC")
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    state, _, start = subprocess.run(command, stdout=subprocess.PIPE, env=environment).stdout.decode().strip().partition(" ")
    return None if not state or state.startswith("Z") else start.strip()


def stat_of(pid):
    """The fields of /proc/PID/stat from the third (state) on; None where there are none."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            # The name, in brackets, may hold anything.
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return None


@functools.lru_cache(None)
def boot():
    return _first_line("/proc/sys/kernel/random/boot_id")


@functools.lru_cache(None)
def space():
    """The processes that we can see at all: those of our container."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _first_line(path):
    try:
        with open(path) as file:
            return file.readline().strip()
    except OSError:
        return ""

"""The processes of a job: which they are, what they use, and ending them."""
import os
import signal
import subprocess
import time

from identity import identity, is_alive, stat_of

MARK = "MODELTRAIL_JOB"
POLL = 0.02
# How long a process that was killed may take to go: one that waits for a disk does so first.
DYING = 10


def descendants(root):
    """`root` and all that descends from it: {pid: (cpu seconds, bytes of memory)}. Empty once it is gone."""
    usage, parents = everything()
    tree = [root] if root in usage else []
    for pid in tree:
        tree.extend(child for child, parent in parents.items() if parent == pid and child != pid)
    return {pid: usage[pid] for pid in tree}


def everything():
    """What each process uses, and its parent: ({pid: (cpu seconds, bytes)}, {pid: parent}). Remains of processes left out."""
    usage, parents = {}, {}
    if not os.path.exists("/proc/self/stat"):
        return _everything_by_ps()
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    for name in os.listdir("/proc"):
        fields = stat_of(int(name)) if name.isdigit() else None
        if fields and fields[0] not in (b"Z", b"X"):
            usage[int(name)] = (sum(map(int, fields[11:15])) / tick, int(fields[21]) * page)
            parents[int(name)] = int(fields[1])
    return usage, parents


def _everything_by_ps():
    usage, parents = {}, {}
    command = ["ps", "-A", "-o", "pid=,ppid=,rss=,time=,stat="]
    lines = subprocess.run(command, stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C")).stdout.decode().splitlines()
    for line in lines:
        pid, parent, resident, cpu, state = line.split()[:5]
        if not state.startswith("Z"):
            seconds = sum(float(part) * 60**place for place, part in enumerate(reversed(cpu.replace("-", ":").split(":"))))
            usage[int(pid)] = (seconds, int(resident) * 1024)
            parents[int(pid)] = int(parent)
    return usage, parents


def of_job(job, agent):
    """
    Identities of the job's processes, whoever their parent is by now: those that carry the job's mark in their environment
    (Linux shows it to their own user), and what descends from them or from the agent, which is not one of them.
    """
    usage, parents = everything()
    mark = ("%s=%s\0" % (MARK, job)).encode()
    tree = [pid for pid in usage if _has(pid, mark)]
    if agent and is_alive(agent):
        tree.append(agent["pid"])
    known = set(tree)
    for pid in tree:
        for child, parent in parents.items():
            if parent == pid and child not in known:
                known.add(child)
                tree.append(child)
    others = known - {os.getpid(), agent["pid"] if agent else 0}
    return [one for one in map(identity, others) if is_alive(one)]


def _has(pid, mark):
    try:
        with open("/proc/%d/environ" % pid, "rb") as file:
            return mark in file.read()
    except OSError:
        return False


def end_all(find, grace, first=signal.SIGINT):
    """Ends what `find` gives, politely first, until it gives nothing. Gives those that would not go."""
    steps = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]
    for step in steps[steps.index(first) :]:
        deadline = time.monotonic() + (DYING if step == signal.SIGKILL else grace)
        told = set()
        while True:
            found = find()
            if not found:
                return []
            for one in found:
                # What the dying start meanwhile is told too; nobody is told twice.
                if one["pid"] not in told or step == signal.SIGKILL:
                    told.add(one["pid"])
                    send(one, step)
            if time.monotonic() > deadline:
                break
            time.sleep(POLL)
    return find()


def send(one, number):
    try:
        if is_alive(one):
            os.kill(one["pid"], number)
            if (stat_of(one["pid"]) or [b""])[0] == b"T":
                os.kill(one["pid"], signal.SIGCONT)  # one that was stopped hears of nothing until it goes on
    except OSError:
        pass  # it has just ended, or is another user's

"""Whether the system ended processes for want of memory."""
import os

GROUPS = "/sys/fs/cgroup"


class MemoryEvents:
    """Looks at the counters of our control group, and of what holds it, when made and when asked."""

    def __init__(self):
        self.before = counters()

    def killed(self, by_kill):
        """`by_kill`: whether the command itself was ended by SIGKILL. Only then does it count what happened around our group."""
        after = counters()
        risen = [path for path, count in after.items() if count > self.before.get(path, count)]
        return any([by_kill or path in own() for path in risen])


def counters():
    """{path: how many processes were killed so far}"""
    found = {}
    for path in own() + ["/proc/vmstat", *[os.path.join(os.path.dirname(os.path.dirname(path)), "memory.events") for path in own()]]:
        try:
            with open(path) as file:
                for line in file:
                    name, _, count = line.partition(" ")
                    if name == "oom_kill":
                        found[path] = int(count)
        except (OSError, ValueError):
            pass
    return found


def own():
    """
    Where our control group counts them: the kernel's cgroup-v2 (memory.events) and cgroup-v1 (memory.oom_control). In a
    container it is what is mounted there; the group of the whole machine is nobody's own.
    """
    paths = []
    try:
        with open("/proc/self/cgroup") as file:
            lines = [line.strip().split(":", 2) for line in file]
    except OSError:
        lines = []
    for _, controllers, path in [line for line in lines if len(line) == 3]:
        if controllers == "":
            paths.append(GROUPS + path.rstrip("/") + "/memory.events")
        elif "memory" in controllers.split(",") and path != "/":
            paths.append(GROUPS + "/memory" + path + "/memory.oom_control")
    return paths

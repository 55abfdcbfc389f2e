"""What the machine and the interpreter of the command are: the `host` lines of the spool."""
import json
import os
import re
import subprocess
import sys
import threading

from packages import conda_packages, distributions

SECRETS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "modeltrail")
GPU_LINE = re.compile(r"^GPU \d+: (.+?)(?: \(UUID.*)?$")
SEED_VALUE = re.compile(r"^-?\d{1,20}$")
POLL = 0.1
PATIENCE = 5

# Programs of ours that run now.
running = set()


class Teller:
    """Tells once before the command starts, and once more when its interpreter and the GPUs are known."""

    def __init__(self, folder, spool, job, environment):
        self.folder = folder
        self.spool = spool
        self.environment = environment
        self.variables = recorded(job.get("variables") or [], environment)
        self.gpus = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def tell(self, start=None):
        listed, modules, folders = distributions(start["path"]) if start else ({}, {}, {})
        system = os.uname()
        fields = {
            "root": self.folder.work,
            "home": os.path.expanduser("~"),
            "hostname": system.nodename,
            "environment": {
                "python": start["version"] if start else None,
                "executable": start["executable"] if start else None,
                "implementation": start["implementation"] if start else None,
                "platform": "%s-%s-%s" % (system.sysname, system.release, system.machine),
                "cpu": cpu_model() or system.machine,
                "cores": os.cpu_count() or 1,
                "memory": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
                "gpus": self.gpus,
                "packages": dict(conda_packages(start["prefix"]), **listed) if start else {},
                "variables": self.variables,
            },
        }
        if self.folder.given != self.folder.path:
            fields["alias"] = os.path.join(self.folder.given, "work")
        if start:
            fields["modules"], fields["folders"] = modules, folders
        self.spool.send("host", **fields)

    def start(self):
        self.thread.start()

    def stop(self):
        self.ended.set()

    def look(self):
        """Beside the command: first the GPUs, then whatever interpreter has begun to speak."""
        self.gpus = list_gpus(self.environment)
        while True:
            last = self.ended.is_set()
            start = self.interpreter()
            if start or last:
                break
            self.ended.wait(POLL)
        if start or self.gpus:
            self.tell(start)

    def finish(self):
        self.stop()
        self.thread.join()

    def interpreter(self):
        """The earliest `start` line that is no fork."""
        found = []
        for name in os.listdir(self.folder.spool):
            if name == "0-agent.jsonl":
                continue
            with open(os.path.join(self.folder.spool, name), "rb") as file:
                try:
                    line = json.loads(file.readline())
                except ValueError:
                    continue
            if line.get("e") == "start" and not line.get("fork"):
                found.append(line)
        return min(found, key=lambda line: line["t"]) if found else None


def list_gpus(environment):
    lines = output_of(["nvidia-smi", "-L"], environment).splitlines()
    return [match.group(1) for match in map(GPU_LINE.match, lines) if match]


def output_of(command, environment):
    """Of a program of the machine, "" when that is not there or does not answer."""
    try:
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return ""
    running.add(child.pid)
    try:
        return child.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        child.kill()
        return ""
    finally:
        child.wait()
        running.discard(child.pid)


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        return output_of(["sysctl", "-n", "machdep.cpu.brand_string"], None).strip()
    return ""


def recorded(names, environment):
    """Of the environment, what runs remember: the named variables, and seeds that are numbers."""
    sys.path.append(SECRETS)
    from _secrets import MASK, is_secret_name, mask_text

    chosen = {}
    for name in sorted(environment):
        value = environment[name]
        seed = name.upper() == "SEED" or name.upper().endswith("_SEED")
        if name in names or (seed and SEED_VALUE.match(value)):
            chosen[name] = MASK if is_secret_name(name) and value else mask_text(value)
    return chosen

"""What the job's processes use: the `sample` lines of the spool, and the limit of memory."""
import threading
import time

from machine import output_of
from processes import descendants

FIRST, LONGEST, GROWTH = 1.0, 5.0, 1.4
# With a limit of memory, between looks.
WATCHFUL = 0.5
MEBIBYTE = 1 << 20
QUERY = ["nvidia-smi", "--query-gpu=index,uuid,utilization.gpu,memory.used", "--format=csv,noheader,nounits"]


class Sampler(threading.Thread):
    """As src/recorder/samples/ does on its own machine: `cpu_percent` (100 is one core), `memory_mb` (MiB), and per GPU."""

    def __init__(self, pid, limit, environment, spool, on_too_much):
        super().__init__(daemon=True)
        self.pid = pid
        self.limit = limit
        self.environment = environment
        self.spool = spool
        self.on_too_much = on_too_much
        self.gpus = True
        self.ended = threading.Event()

    def stop(self):
        self.ended.set()

    def run(self):
        interval, step = FIRST, 0
        last, at = 0.0, time.monotonic()
        due = at + interval
        while not self.ended.wait(min(WATCHFUL, due - time.monotonic()) if self.limit else max(0, due - time.monotonic())):
            tree = descendants(self.pid)
            memory = sum([size for _, size in tree.values()])
            if self.limit and memory > self.limit:
                self.on_too_much()
            now = time.monotonic()
            if now < due or not tree:
                due = max(due, now + (0 if tree else interval))
                continue
            cpu = sum([seconds for seconds, _ in tree.values()])
            # What left the tree altogether cannot make it negative.
            values = {"cpu_percent": max(0.0, cpu - last) / (now - at) * 100, "memory_mb": memory / MEBIBYTE}
            values.update(self.sample_gpus())
            self.spool.send("sample", step=step, values=values)
            last, at, step = cpu, now, step + 1
            interval = min(interval * GROWTH, LONGEST)
            due = now + interval

    def sample_gpus(self):
        if not self.gpus:
            return {}
        lines = output_of(QUERY, self.environment).splitlines()
        self.gpus = len(lines) > 0
        devices = self.environment.get("CUDA_VISIBLE_DEVICES")
        visible = None if devices is None else [name.strip() for name in devices.split(",")]
        values = {}
        for line in lines:
            values.update(gpu_values(line, visible))
        return values


def gpu_values(line, visible):
    """Of "0, GPU-5d…, 93, 20312"; nothing of a device that the command does not see. "[N/A]" is left out."""
    fields = [field.strip() for field in line.split(",")]
    if len(fields) != 4 or not fields[0].isdigit():
        return {}
    index, uuid, percent, memory = fields
    if visible is not None and not any([name == index or (name and uuid.startswith(name)) for name in visible]):
        return {}
    values = {"gpu_%s_percent" % index: percent, "gpu_%s_memory_mb" % index: memory}
    return {name: float(value) for name, value in values.items() if value[:1].isdigit()}

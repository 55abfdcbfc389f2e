"""Our own lines in the job's spool, in the form of the tracer's."""
import json
import os
import threading
import time


class Spool:
    """`lost`: bytes that the disk did not take."""

    def __init__(self, folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        # Sorted before those of processes: what we say of the job's place explains their paths.
        self.file = os.open(os.path.join(folder, "0-agent.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.lock = threading.Lock()
        self.torn = False
        self.lost = 0

    def send(self, event, **fields):
        line = json.dumps(dict({"e": event, "t": round(time.time() * 1000, 3)}, **fields)).encode() + b"\n"
        with self.lock:
            data = b"\n" + line if self.torn else line
            try:
                written = os.write(self.file, data)
            except OSError:
                written = 0
            # The end of a torn line comes before the next, so that it spoils no other.
            self.torn = 0 < written < len(data) or (self.torn and written == 0)
            self.lost += len(data) - written

"""What the kernel says, on its way to the recorder. A reader who falls behind costs bounded memory, never a stuck kernel."""

import json
import threading
from collections import deque

# Bytes that may wait: of text that streams, and in all. What comes on top is counted and said.
STREAM_LIMIT = 64 << 20
LIMIT = 320 << 20


class Sender:
    """A thread that writes events as JSON lines to `target`. `send` returns at once."""

    def __init__(self, target):
        self.target = target
        self.waiting = deque()  # (event, size); the text of a stream is a list of its pieces
        self.size = 0
        self.changed = threading.Condition()
        self.closed = False
        self.broken = False
        self.thread = threading.Thread(target=self._write, name="modeltrail-sender", daemon=True)
        self.thread.start()

    def send(self, event, size=0):
        """Queue an event that takes about `size` bytes; one that finds no room becomes a `cut`."""
        with self.changed:
            if self.size + size > LIMIT and size > 0:
                self._cut(event.get("id"), size)
            else:
                self._put(event, size)
            self.changed.notify()

    def stream(self, id, name, text):
        """Queue printed text, joined to what waits of the same stream."""
        with self.changed:
            if self.size + len(text) > STREAM_LIMIT:
                self._cut(id, len(text))
            else:
                last = self._last()
                if last and last["e"] == "stream" and last["id"] == id and last["name"] == name:
                    last["text"].append(text)
                    event, size = self.waiting.pop()
                    self.waiting.append((event, size + len(text)))
                    self.size += len(text)
                else:
                    self._put({"e": "stream", "id": id, "name": name, "text": [text]}, len(text))
            self.changed.notify()

    def close(self):
        """Write what waits, as long as somebody reads, and end."""
        with self.changed:
            self.closed = True
            self.changed.notify()
        self.thread.join()

    def _last(self):
        return self.waiting[-1][0] if self.waiting else None

    def _put(self, event, size):
        self.waiting.append((event, size))
        self.size += size

    def _cut(self, id, size):
        last = self._last()
        if last and last["e"] == "cut" and last["id"] == id:
            last["bytes"] += size
        else:
            self._put({"e": "cut", "id": id, "bytes": size}, 0)

    def _write(self):
        while True:
            with self.changed:
                while not self.waiting and not self.closed:
                    self.changed.wait()
                if not self.waiting:
                    return
                event, size = self.waiting.popleft()
            if event["e"] == "stream":
                event["text"] = "".join(event["text"])
            try:
                if not self.broken:
                    self.target.write(json.dumps(event).encode("ascii") + b"\n")
                    self.target.flush()
            except OSError:
                self.broken = True  # nobody reads any more; standard input ends as well then
            del event
            with self.changed:
                self.size -= size

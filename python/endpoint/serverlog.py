"""What the processes that answer print, in a file of bounded size."""
import os
import threading

LARGEST = 5_000_000
CHUNK = 1 << 16


class ServerLog:
    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()

    def follow(self, descriptor):
        """Writes down what comes from it until its end, from a thread of its own."""
        threading.Thread(target=self._copy, args=(descriptor,), daemon=True).start()

    def say(self, text):
        self.write(("%s\n" % text).encode("utf-8", "replace"))

    def write(self, data):
        """A failing write (full disk) disturbs nobody."""
        with self.lock:
            try:
                if os.path.exists(self.path) and os.path.getsize(self.path) + len(data) > LARGEST:
                    os.replace(self.path, self.path + ".1")
                with open(self.path, "ab") as file:
                    file.write(data)
            except OSError:
                pass

    def _copy(self, descriptor):
        with os.fdopen(descriptor, "rb", buffering=0) as printed:
            for data in iter(lambda: printed.read(CHUNK), b""):
                self.write(data)


def last_lines(path, count):
    """The newest of what was printed, oldest first."""
    text = b""
    for file in (path + ".1", path):
        try:
            with open(file, "rb") as opened:
                opened.seek(max(0, os.path.getsize(file) - LARGEST // 10))
                text += opened.read()
        except OSError:
            pass
    return text.decode("utf-8", "replace").splitlines()[-count:]

"""Whether a process that answers still does: one that hangs is no use to anyone."""
import http.client
import threading

EVERY = 10
# It may be busy for a while: only one that does not answer again and again is taken for dead.
LOST = 6


class Pulse:
    """Of the server at a port of this machine, which is asked from a thread of its own until `stop`."""

    def __init__(self, port):
        self.port = port
        self.silences = 0
        self.over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def is_lost(self):
        return self.silences >= LOST

    def stop(self):
        self.over.set()

    def _listen(self):
        while not self.over.wait(EVERY):
            # Counted, not timed: a machine that slept has heard nothing either.
            self.silences = 0 if get(self.port, "/ping", None, EVERY) else self.silences + 1


def get(port, path, token, seconds):
    """(status, text), or None when it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"authorization": "Bearer " + token} if token else {})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()

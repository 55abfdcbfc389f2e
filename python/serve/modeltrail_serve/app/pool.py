"""Threads in which models work, so that health is answered meanwhile. A fixed number: more requests wait."""

import threading
from queue import SimpleQueue


class Pool:
    def __init__(self, threads):
        self.work = SimpleQueue()
        self.busy = 0
        for index in range(threads):
            # Daemons: what a stuck model computes holds up no end of the process.
            threading.Thread(target=self._run, name="model-%d" % index, daemon=True).start()

    def submit(self, loop, function, *arguments):
        """A future of `loop`. Work whose future is over before its turn came is left out."""
        future = loop.create_future()
        self.work.put((loop, future, function, arguments))
        return future

    def _run(self):
        while True:
            loop, future, function, arguments = self.work.get()
            if future.done():
                continue
            try:
                result, error = function(*arguments), None
            except BaseException as raised:  # whatever a model raises; the caller decides
                result, error = None, raised
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:
                return  # the loop is closed: the server has ended
            # Nothing of the last request is kept while the next is waited for.
            loop = future = function = arguments = result = error = None


def _settle(future, result, error):
    if future.done():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, Exception):
        future.set_exception(error)
    else:
        future.set_exception(RuntimeError("The model ended its thread: %r" % error))

"""Several processes that share a port. The one that starts them answers nothing: it takes the place of those that die."""

import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time

from .metrics import SIZE, Metrics
from .run import CannotServe, announce, serve_at, start_log
from .watch import watch_parent

log = logging.getLogger("modeltrail_serve")

LOOK_SECONDS = 0.5
# One that dies sooner than this after its start is not started again at once.
STEADY_SECONDS = 5.0
# Beyond the time that requests under way get.
GRACE_SECONDS = 5.0


def serve_with_workers(options, listener):
    """Until it is told to end. Throws CannotServe when a first process cannot serve."""
    ending = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ending.set())
    if options.with_parent:
        watch_parent(options.with_parent, ending.set)
    context = multiprocessing.get_context("spawn")
    slots = context.RawArray("d", SIZE * options.workers)
    workers = [Worker(context, options, listener, slots, index) for index in range(options.workers)]
    try:
        _look_after(workers, ending, lambda: announce(options.ready_file, listener))
    finally:
        _end(workers, options.drain_seconds)


def _look_after(workers, ending, on_ready):
    for worker in workers:
        worker.start()
    told = False
    while not ending.is_set():
        # Those that are dead already would end the wait at once, again and again.
        alive = [worker.process.sentinel for worker in workers if not worker.is_dead()]
        if alive:
            multiprocessing.connection.wait(alive, LOOK_SECONDS)
        else:
            ending.wait(LOOK_SECONDS)
        for worker in workers:
            worker.look()
            if worker.is_dead() and not told:
                raise CannotServe("One of the processes could not serve.")
            if worker.is_dead() and worker.may_start():
                log.warning("A process of the server ended (%s): another takes its place.", worker.process.exitcode)
                worker.start()
        if not told and all(worker.ready for worker in workers):
            told = True
            on_ready()


def _end(workers, drain_seconds):
    for worker in workers:
        worker.tell_to_end()
    deadline = time.monotonic() + drain_seconds + GRACE_SECONDS
    for worker in workers:
        if worker.process:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            worker.process.kill()


class Worker:
    """A place for one process after the other."""

    def __init__(self, context, options, listener, slots, index):
        self.context = context
        self.arguments = (options, listener, slots, index)
        self.process = None
        self.line = None
        self.ready = False
        self.started = 0.0

    def start(self):
        if self.line:
            self.line.close()
        # The other end tells when it is ready; and it ends when this one is closed, as it is when this process dies.
        self.line, other = self.context.Pipe()
        self.process = self.context.Process(target=_work, args=(*self.arguments, other))
        self.process.start()
        other.close()
        self.ready = False
        self.started = time.monotonic()

    def look(self):
        try:
            if not self.ready and self.line.poll():
                self.line.recv()
                self.ready = True
        except (EOFError, OSError):
            pass

    def is_dead(self):
        return self.process.exitcode is not None

    def may_start(self):
        return time.monotonic() - self.started > STEADY_SECONDS

    def tell_to_end(self):
        if self.line:
            self.line.close()


def _work(options, listener, slots, index, line):
    start_log()

    def watch(end):
        threading.Thread(target=_until_closed, args=(line, end), name="watch-line", daemon=True).start()

    try:
        serve_at(options, listener, Metrics(slots, index), lambda: line.send(os.getpid()), watch)
    except CannotServe as error:
        log.error("%s", error)
        os._exit(1)


def _until_closed(line, end):
    try:
        line.recv()
    except (EOFError, OSError):
        pass
    end()

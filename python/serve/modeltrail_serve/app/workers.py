"""Several processes that share a port. The one that starts them answers nothing: it takes the place of those that die."""

import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time

from .metrics import SIZE, Metrics
from .run import CannotServe, serve_at, start_log
from .sharing import Share
from .watch import watch_parent

log = logging.getLogger("modeltrail_serve")

LOOK_SECONDS = 0.5
# One that dies sooner than this after its start is not started again at once.
STEADY_SECONDS = 5.0
# For all to say that they take no new connections.
LEAVE_SECONDS = 2.0
# Beyond the time that requests under way get.
GRACE_SECONDS = 5.0


def serve_with_workers(options, listener, share, ready):
    """Until it is told to end. Throws CannotServe when a first process cannot serve."""
    ending = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ending.set())
    if options.with_parent:
        watch_parent(options.with_parent, ending.set)
    context = multiprocessing.get_context("spawn")
    slots = context.RawArray("d", SIZE * options.workers)
    workers = [Worker(context, options, listener, share.socket, slots, index) for index in range(options.workers)]
    try:
        _look_after(workers, ending, share, ready.tell)
    finally:
        _end(workers, listener, share, options)


def _look_after(workers, ending, share, on_ready):
    for worker in workers:
        worker.start()
    told = joined = False
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
        if not told and all(worker.has_said("ready") for worker in workers):
            told = True
            on_ready()
        if told and share.wanted.is_set():
            for worker in workers:
                worker.ask_to_join()
            if not joined and all(worker.has_said("joined") for worker in workers):
                joined = True
                share.on_joined()


def _end(workers, listener, share, options):
    for worker in workers:
        worker.tell("end")
    # Else callers would wait for one who takes them until we have ended. Of the shared one others have theirs.
    for each in (listener, share.socket):
        if each:
            each.close()
    left = time.monotonic() + LEAVE_SECONDS
    while time.monotonic() < left and not all(worker.has_left() for worker in workers):
        time.sleep(0.02)
    share.on_left()
    deadline = time.monotonic() + options.linger_seconds + options.drain_seconds + GRACE_SECONDS
    for worker in workers:
        if worker.process:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            worker.process.kill()


class Worker:
    """A place for one process after the other."""

    def __init__(self, context, options, listener, shared, slots, index):
        self.context = context
        self.arguments = (options, listener, shared, slots, index)
        self.process = None
        self.line = None
        self.said = set()
        self.asked_to_join = False
        self.started = 0.0

    def start(self):
        if self.line:
            self.line.close()
        # The other end tells how it gets on; and it ends when this one is closed, as it is when this process dies.
        self.line, other = self.context.Pipe()
        self.process = self.context.Process(target=_work, args=(*self.arguments, other))
        self.process.start()
        other.close()
        self.said = set()
        self.asked_to_join = False
        self.started = time.monotonic()

    def look(self):
        try:
            while self.line.poll():
                self.said.add(self.line.recv())
        except (EOFError, OSError):
            pass

    def has_said(self, word):
        return word in self.said

    def has_left(self):
        self.look()
        return self.has_said("left") or self.process is None or self.is_dead()

    def is_dead(self):
        return self.process.exitcode is not None

    def may_start(self):
        return time.monotonic() - self.started > STEADY_SECONDS

    def ask_to_join(self):
        if self.has_said("ready") and not self.asked_to_join:
            self.asked_to_join = True
            self.tell("join")

    def tell(self, word):
        try:
            if self.line:
                self.line.send(word)
        except OSError:
            pass  # it has just ended


def _work(options, listener, shared, slots, index, line):
    start_log()

    def say(word):
        try:
            line.send(word)
        except OSError:
            pass  # who started us is gone

    share = Share(None, lambda: say("joined"), lambda: say("left"), shared)

    def watch(end):
        threading.Thread(target=_obey, args=(line, share, end), name="watch-line", daemon=True).start()

    try:
        serve_at(options, listener, share, Metrics(slots, index), lambda: say("ready"), watch)
    except CannotServe as error:
        log.error("%s", error)
        os._exit(1)


def _obey(line, share, end):
    try:
        while line.recv() == "join":
            share.wanted.set()
    except (EOFError, OSError):
        pass
    end()

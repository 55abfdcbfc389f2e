"""Starts the server: the port, then the model, then the first request."""

import errno
import json
import logging
import os
import socket
import sys
import tempfile

from ..arguments import TOKEN
from ..models import open_bundle
from ..problems import said
from .build import build
from .limits import Limits
from .metrics import Metrics
from .pool import Pool
from .server import run_server
from .sharing import Share, on_signal
from .watch import watch_parent

log = logging.getLogger("modeltrail_serve")
BACKLOG = 1024
THREADS = 4


class CannotServe(Exception):
    """For the one who started the server."""


def serve(options):
    """The exit status: 0 after an orderly end, 1 when it could not serve."""
    start_log()
    try:
        listener = bind(options.host, options.port)
        ready = ReadyFile(options.ready_file, listener)
        share = Share(options.shared_socket, lambda: ready.tell(joined=True), ready.withdraw)
        on_signal(share)
        if options.workers > 1:
            from .workers import serve_with_workers

            serve_with_workers(options, listener, share, ready)
        else:
            serve_at(options, listener, share, Metrics(), ready.tell, _parent_watch(options))
    except CannotServe as error:
        log.error("%s", error)
        return 1
    return 0


def start_log():
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")


def _parent_watch(options):
    return lambda end: options.with_parent and watch_parent(options.with_parent, end)


def serve_at(options, listener, share, metrics, on_ready, watch):
    """
    Until the server is to end; the process ends then. `watch` gets a function that ends it, at work or while it reads the
    model.
    """
    # Not left to the model, nor to what it starts.
    token = os.environ.pop(TOKEN, None)
    ending = Ending()
    watch(ending.end)
    bundle, outputs = load(options)
    limits = Limits(options.max_body, options.max_rows, options.max_seconds, options.max_concurrent)
    pool = Pool(options.threads or max(1, min(THREADS, os.cpu_count() or 1)))
    app = build(bundle, pool, limits, metrics, token, options.model_name, outputs, options.container)
    try:
        listener.listen(BACKLOG)
    except OSError as error:
        raise CannotServe(taken(error, *listener.getsockname()[:2])) from None
    run_server(app, listener, share, options, on_ready, ending.in_order)


class Ending:
    """At once while there is no server yet, and then in order."""

    def __init__(self):
        self.how = lambda: os._exit(1)

    def in_order(self, how):
        self.how = how

    def end(self):
        """From any thread."""
        self.how()


def load(options):
    """(the bundle, what it answered to its sample: None when it has none, or fails at it)"""
    try:
        bundle = open_bundle(options.bundle, rows=options.max_rows)
        if hasattr(bundle.model, "for_requests"):
            bundle.model.for_requests()
    except Exception as error:
        log.debug("Loading failed.", exc_info=True)
        raise CannotServe("The model could not be loaded: %s" % said(error)) from error
    return bundle, bundle.begin()


def bind(host, port):
    """A socket at the address, not listening yet: nobody is let in before the model is there."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there it would let two servers have one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        raise CannotServe(taken(error, host, port)) from None
    listener.set_inheritable(True)
    return listener


def taken(error, host, port):
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return "Port %d is taken by another program." % port
    return "The server cannot listen at %s:%d: %s" % (host, port, error)


class ReadyFile:
    """Says in `file`, whole or not at all, that requests are answered; None: nowhere."""

    def __init__(self, file, listener):
        self.file = file
        self.port = listener.getsockname()[1]

    def tell(self, joined=False):
        log.info("Takes requests from the shared socket." if joined else "Ready at port %d." % self.port)
        if not self.file:
            return
        folder = os.path.dirname(os.path.abspath(self.file))
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".ready-")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"port": self.port, "pid": os.getpid(), **({"joined": True} if joined else {})}, out)
        os.replace(temporary, self.file)

    def withdraw(self):
        """No new connection is taken any more."""
        if not self.file:
            return
        try:
            os.unlink(self.file)
        except OSError:
            pass  # its folder was removed

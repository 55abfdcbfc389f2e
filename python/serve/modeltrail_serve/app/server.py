"""Uvicorn, ended in order: requests under way are answered, for a bounded time."""

import asyncio
import contextlib
import logging
import math
import os
import signal
import sys
import threading

import uvicorn

LOOK_SECONDS = 0.05
# Longer than any gateway keeps an idle connection, so that none is closed under a request that is being sent.
KEEP_ALIVE_SECONDS = 620


class Server(uvicorn.Server):
    def __init__(self, config, on_ready, share, linger_seconds):
        super().__init__(config)
        self.on_ready = on_ready
        self.share = share
        self.linger_seconds = linger_seconds
        self.joined = False

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        if self.started:
            self.on_ready()

    async def on_tick(self, counter):
        if self.share.wanted.is_set() and not self.joined:
            self.joined = True
            await self._join()
        return await super().on_tick(counter)

    async def _join(self):
        own = self.servers
        await uvicorn.Server.startup(self, sockets=[self.share.socket])
        self.servers = [*own, *self.servers]
        self.share.on_joined()

    async def shutdown(self, sockets=None):
        for server in self.servers:
            server.close()
        self.share.on_left()
        if self.linger_seconds:
            await self._linger()
        await super().shutdown(sockets)

    async def _linger(self):
        """A request may be on its way on a connection that looks idle: it is answered, with the word that it is the last."""
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.linger_seconds
        while self.server_state.connections and not self.force_exit and loop.time() < deadline:
            await asyncio.sleep(LOOK_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self):
        """As Uvicorn's, but a signal that ended the server in order is no reason to die of it."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = [signal.SIGINT, signal.SIGTERM] + ([signal.SIGBREAK] if sys.platform == "win32" else [])
        before = {each: signal.signal(each, self.handle_exit) for each in signals}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def end(self):
        """From any thread."""
        self.should_exit = True


def run_server(app, listener, share, options, on_ready, on_made):
    """Until it is told to end. `on_made` gets a function that tells it so."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level=logging.WARNING,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(options.drain_seconds),
    )
    server = Server(config, on_ready, share, options.linger_seconds)
    on_made(server.end)
    server.run(sockets=[listener])
    # Python would wait for threads of libraries, and a stuck model's.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)

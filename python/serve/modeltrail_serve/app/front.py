"""
The way of a request: token, limits, the protocol's answer in a thread, metrics. It stands before FastAPI, which answers what is
not asked for often: what happens with every prediction is kept short.
"""

import asyncio
import hmac
import time

from ..problems import ModelFailed, Problem, Refused
from .asking import failed
from .calls import Call

RETRY_SOON = ((b"retry-after", b"1"),)
CLOSE = ((b"connection", b"close"),)
TOO_LARGE = "The request is larger than the %d bytes that this server takes."


class Front:
    """
    `routes`: {path: (protocol, function of a Call that gives a Reply)}; `app` has all other paths. `open_paths` need no token.
    """

    def __init__(self, app, routes, pool, limits, metrics, token=None, open_paths=()):
        self.app = app
        self.routes = routes
        self.pool = pool
        self.limits = limits
        self.metrics = metrics
        self.token = token.encode("utf-8") if token else None
        self.open_paths = frozenset(open_paths)

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope["path"]
        headers = dict(scope["headers"])
        if self.token is not None and path not in self.open_paths and not self._knows_token(headers):
            return await _send(
                send,
                401,
                b'{"error": "A token is asked for: Authorization: Bearer \xe2\x80\xa6"}',
                headers=((b"www-authenticate", b"Bearer"),),
            )
        route = self.routes.get(path)
        if route is None:
            return await self.app(scope, receive, send)
        protocol, function = route
        if scope["method"] != "POST":
            return await _send(
                send, 405, protocol.problem(Problem("This path takes POST.", 405)), headers=((b"allow", b"POST"),)
            )
        await self._predict(protocol, function, path, headers, receive, send)

    async def _predict(self, protocol, function, path, headers, receive, send):
        started = time.perf_counter()
        self.metrics.entered()
        status, rows = 500, 0
        try:
            try:
                reply = await self._answer(function, path, headers, receive)
                status, rows = reply.status, reply.rows
                body, kind, more = reply.body, reply.kind, reply.headers
            except ClientGone:
                status = 499
                return
            except Exception as error:
                problem = error if isinstance(error, Problem) else ModelFailed(failed())
                status, body, kind, more = (
                    problem.status,
                    protocol.problem(problem),
                    b"application/json",
                    problem.headers,
                )
            await _send(send, status, body, kind, more)
        finally:
            self.metrics.left(protocol.name, status, rows, time.perf_counter() - started)

    async def _answer(self, function, path, headers, receive):
        if self.metrics.in_flight > self.limits.concurrent:
            raise Refused(
                "This server is busy with %d requests. Try again soon." % self.limits.concurrent,
                503,
                RETRY_SOON + CLOSE,
            )
        loop = asyncio.get_running_loop()
        body = await self._read(loop, headers, receive)
        future = self.pool.submit(loop, function, Call(path, headers, body))
        timer = loop.call_later(self.limits.time, _expire, future, self.limits.time)
        try:
            return await future
        finally:
            timer.cancel()

    async def _read(self, loop, headers, receive):
        largest = self.limits.body
        length = headers.get(b"content-length")
        if length is not None and int(length) > largest:
            raise Refused(TOO_LARGE % largest, 413, CLOSE)
        encoding = headers.get(b"content-encoding", b"identity").lower()
        if encoding not in (b"identity", b""):
            raise Problem(
                "The request is compressed (%s), which this server does not read." % encoding.decode("latin-1"), 415
            )
        late = Late(loop, self.limits.time)
        try:
            return await self._gather(receive, largest)
        except asyncio.CancelledError:
            if not late.is_why():
                raise
            raise Refused("The request did not arrive within %g seconds." % self.limits.time, 408, CLOSE) from None
        finally:
            late.stop()

    async def _gather(self, receive, largest):
        body, parts, size = b"", [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone()
            body = message.get("body", b"")
            size += len(body)
            if size > largest:
                raise Refused(TOO_LARGE % largest, 413, CLOSE)
            if not message.get("more_body"):
                return b"".join([*parts, body]) if parts else body
            parts.append(body)

    def _knows_token(self, headers):
        said = headers.get(b"authorization", b"")
        return said[:7].lower() == b"bearer " and hmac.compare_digest(said[7:].strip(), self.token)


class Late:
    """Ends the wait of the task that makes it after `seconds`, and costs less than `asyncio.wait_for`."""

    def __init__(self, loop, seconds):
        self.task = asyncio.current_task()
        self.came = False
        self.timer = loop.call_later(seconds, self._end)

    def _end(self):
        self.came = True
        self.task.cancel()

    def is_why(self):
        if self.came and hasattr(self.task, "uncancel"):
            self.task.uncancel()
        return self.came

    def stop(self):
        self.timer.cancel()


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


def _expire(future, limit):
    if not future.done():
        future.set_exception(Refused("The model did not answer within %g seconds." % limit, 504))


async def _send(send, status, body, kind=b"application/json", headers=()):
    head = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})

"""What one request, and all of them together, may take."""


class Limits:
    """`body` in bytes, `time` in seconds."""

    def __init__(self, body=10_000_000, rows=100_000, time=60.0, concurrent=128):
        self.body = body
        self.rows = rows
        self.time = time
        self.concurrent = concurrent

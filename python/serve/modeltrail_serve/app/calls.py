"""A request as the protocols see it, and what they reply."""

JSON = b"application/json"
TEXT = b"text/plain; charset=utf-8"


class Call:
    """`headers`: {lower-case name: value}, both bytes."""

    __slots__ = ("path", "headers", "body")

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body

    def content_type(self):
        """("application/json", {"charset": "utf-8"}), in lower case; (None, {}) when the caller did not say."""
        said = self.headers.get(b"content-type")
        if said is None:
            return None, {}
        kind, *pairs = said.decode("latin-1").split(";")
        parameters = dict(pair.strip().lower().partition("=")[::2] for pair in pairs if pair.strip())
        return kind.strip().lower(), parameters


class Reply:
    """`rows`: how many were predicted; counted."""

    __slots__ = ("status", "body", "kind", "headers", "rows")

    def __init__(self, body, status=200, kind=JSON, headers=(), rows=0):
        self.status = status
        self.body = body
        self.kind = kind
        self.headers = headers
        self.rows = rows

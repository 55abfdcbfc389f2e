"""What can go wrong with a request. Each protocol says it in its own words' form."""


def said(error):
    """What a library or a model raised, in a sentence."""
    if isinstance(error, ModuleNotFoundError):
        return "the package %s is not installed." % error.name
    return "%s: %s" % (type(error).__name__, error) if not isinstance(error, ValueError) else str(error)


class Problem(Exception):
    """`status` is that of HTTP; the message is for who sent the request."""

    status = 500
    code = "INTERNAL_ERROR"
    headers = ()

    def __init__(self, message, status=None):
        super().__init__(message)
        if status is not None:
            self.status = status


class Malformed(Problem):
    """It could not be read at all."""

    status = 400
    code = "BAD_REQUEST"


class Invalid(Problem):
    """It was read, and is not what the model takes."""

    status = 400
    code = "INVALID_PARAMETER_VALUE"


class Unsupported(Problem):
    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"


class Refused(Problem):
    """Not now, or not from you: the status says which."""

    code = "REFUSED"

    def __init__(self, message, status, headers=()):
        super().__init__(message, status)
        self.headers = headers


class ModelFailed(Problem):
    """The model's own code raised. What it said stands in the log under `reference`, and goes to no caller."""

    def __init__(self, reference, status=500):
        text = "The model could not answer this request. Its error stands in the log of the server: look for %s."
        super().__init__(text % reference, status)
        self.code = "INTERNAL_ERROR" if status >= 500 else "BAD_REQUEST"

import json
import sys


def read_request():
    """What came in."""
    return json.loads(sys.stdin.buffer.read().decode("utf-8"))

"""
What is said to the process that keeps an endpoint: a line of JSON through a socket in its folder, and a line back.

One that was started by an earlier version of ours goes on with its own files, and hears of this one's commands: what is asked and
answered may be added to in such a way only that both understand.
"""
import json
import os
import socket

NAME = "control"
# The longest that it may take to answer: it never waits for anything itself.
PATIENCE = 10
LARGEST = 1 << 20


class Silent(Exception):
    """Nobody answers: the keeper is not there, or hangs."""


def ask(folder, **request):
    """What it answers. Throws Silent."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            # A path of any length would not fit into the address of a socket.
            os.chdir(folder.path)
            connection.connect(NAME)
            connection.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(_line(connection))
    except (OSError, ValueError) as error:
        raise Silent(str(error)) from None


def listen(folder):
    """A socket for `answer_one`. The folder becomes the working folder."""
    os.chdir(folder.path)
    if os.path.lexists(NAME):
        os.unlink(NAME)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(NAME)
    os.chmod(NAME, 0o600)
    listener.listen(16)
    return listener


def answer_one(listener, answer):
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(PATIENCE)
        try:
            connection.sendall(json.dumps(answer(json.loads(_line(connection)))).encode() + b"\n")
        except (OSError, ValueError):
            pass  # who asked has gone away


def _line(connection):
    data = b""
    while not data.endswith(b"\n") and len(data) < LARGEST:
        part = connection.recv(1 << 16)
        if not part:
            break
        data += part
    return data

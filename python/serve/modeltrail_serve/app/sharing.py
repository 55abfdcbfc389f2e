"""
A socket that several servers listen at: a new one takes over from an old one without a connection that is refused or lost,
for what waits to be accepted belongs to the socket, not to either of them.
"""

import signal
import socket
import threading


class Share:
    """
    `descriptor`: of the socket, or None; `inherited`: the socket itself. `on_joined`: requests come from it; `on_left`: no new
    connections come from anywhere.
    """

    def __init__(self, descriptor, on_joined, on_left, inherited=None):
        self.socket = inherited if descriptor is None else socket.socket(fileno=descriptor)
        self.wanted = threading.Event()
        self.on_joined = on_joined
        self.on_left = on_left


def on_signal(share):
    """From SIGUSR1 on it is wanted; one that comes before the model is there counts as well."""
    if share.socket is not None:
        signal.signal(signal.SIGUSR1, lambda *_: share.wanted.set())

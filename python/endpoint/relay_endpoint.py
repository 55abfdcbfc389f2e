"""
    endpoint.py relay FOLDER [ID]

Connects what comes in and goes out to the endpoint, as callers reach it, or to the server ID at its own port. Ends with the first of
the two sides.
"""
import os
import select
import socket
import sys

from control import Silent, ask

CHUNK = 1 << 16
CONNECT = 10
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def main(folder, id=None):
    try:
        place = place_of(ask(folder, do="state"), id)
        connection = socket.create_connection(place, CONNECT)
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pump(connection)
    except (Silent, OSError) as error:
        sys.stderr.write("%s\n" % error)
        return 1
    return 0


def place_of(state, id):
    if id is None:
        if not state["address"]:
            raise OSError("Nothing is served.")
        host, port = state["address"]["host"], state["address"]["port"]
        return ANY.get(host, host), port
    port = next((one["port"] for one in state["servers"] if one["id"] == id), None)
    if port is None:
        raise OSError("The server is not there any more.")
    return "127.0.0.1", port


def pump(connection):
    while True:
        readable = select.select([0, connection], [], [])[0]
        if connection in readable:
            data = connection.recv(CHUNK)
            if not data:
                return
            write_all(1, data)
        if 0 in readable:
            data = os.read(0, CHUNK)
            if not data:
                return
            connection.sendall(data)


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

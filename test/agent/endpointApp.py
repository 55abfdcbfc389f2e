"""Stands in for the app that serves, where only the standard library is: takes requests from a shared socket, and hangs on demand."""

import json
import os
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
with open(os.path.join(options["--bundle"], "version")) as file:
    version = file.read()
if version == "fails":
    sys.exit("this model cannot be read")
while version == "slow":
    signal.pause()
ready = options["--ready-file"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"version": version, "token": os.environ.get("MODELTRAIL_SERVE_TOKEN")})
        self.wfile.write(("HTTP/1.0 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)).encode())

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True


def serve(server):
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


def say(**what):
    with open(ready + ".new", "w") as out:
        json.dump(dict(what, port=own.server_address[1], pid=os.getpid()), out)
    os.replace(ready + ".new", ready)


def join(*_):
    shared = Server(("", 0), Handler, bind_and_activate=False)
    shared.socket.close()
    shared.socket = socket.socket(fileno=int(options["--shared-socket"]))
    shared.socket.listen(64)
    serve(shared)
    say(joined=True)


def end(*_):
    os.unlink(ready)
    os._exit(0)


own = Server((options["--host"], 0), Handler)
signal.signal(signal.SIGUSR1, join)
signal.signal(signal.SIGTERM, end)
serve(own)
say()
while True:
    signal.pause()

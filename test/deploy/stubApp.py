"""Stands in for the app that serves: the same command line, health and answers, and faults on demand."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
with open(os.path.join(options["--bundle"], "stub.json")) as file:
    stub = json.load(file)
token = os.environ.get("MODELTRAIL_SERVE_TOKEN")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {"version": stub["version"], "pid": os.getpid(), "path": self.path})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        if token and self.headers["authorization"] != "Bearer " + token:
            return self.answer(401, {"error": "token"})
        if self.headers["x-modeltrail-secret"]:
            return self.answer(500, {"error": "the secret of the control side got here"})
        if body.get("die") == stub["version"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if "memory" in body:
            print("MemoryError", file=sys.stderr, flush=True)
            os._exit(1)
        if "mark" in body:
            open(body["mark"], "w").close()
        time.sleep(body.get("sleep", 0))
        status = stub.get("status", 200)
        self.answer(status, {"predictions": [stub["version"]], "inputs": body.get("inputs")})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    # Small answers are not to wait for more.
    disable_nagle_algorithm = True


if stub.get("fails"):
    print("Traceback: this model cannot be read", file=sys.stderr)
    sys.exit(3)
while not os.path.exists(stub.get("waits", ".")):
    time.sleep(0.02)
server = Server((options["--host"], int(options["--port"])), Handler)
ready = options.get("--ready-file")
if ready:
    with open(ready + ".new", "w") as file:
        json.dump({"port": server.server_address[1], "pid": os.getpid()}, file)
    os.replace(ready + ".new", ready)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server.serve_forever()

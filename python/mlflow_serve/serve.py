"""
MLflow's own server (`mlflow models serve`) as the gateway has model servers: at a free port, told of when it answers, and ended
with all that it has started. Run by the Python that serves the model.
"""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

LOOK_SECONDS = 0.1
ASK_SECONDS = 5
PR_SET_PDEATHSIG = 1
# In the words of MLflow's server.
WORKER_DIED = re.compile(rb"Child process \[\d+\] died")


def main():
    options = parse()
    port = options.port or free_port(options.host)
    server = start(options, port)
    signal.signal(signal.SIGTERM, lambda *_: end(server))
    signal.signal(signal.SIGINT, lambda *_: end(server))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ready, looping = threading.Event(), threading.Event()
    told = (server.stdout, options.workers, ready, looping)
    printing = threading.Thread(target=relay, args=told, daemon=True)
    printing.start()
    while printing.is_alive():
        if answers(options.host, port):
            ready.set()
            tell_ready(options.ready_file, port)
            break
        if looping.is_set():
            end(server)
            break
        printing.join(LOOK_SECONDS)
    # What it printed to is closed when the last of its processes has ended.
    printing.join()
    return 1 if looping.is_set() else abs(server.wait())


def parse():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--model", required=True, metavar="FOLDER", help="with MLmodel in it")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60, help="that an answer may take")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--ready-file", required=True, metavar="FILE", help="gets {port, pid} when the model answers")
    return parser.parse_args()


def start(options, port):
    command = ["models", "serve", "--env-manager", "local", "--model-uri", options.model]
    command += ["--host", options.host, "--port", port, "--workers", options.workers]
    command += ["--timeout", max(1, round(options.seconds))]
    return subprocess.Popen(
        [sys.executable, "-m", "mlflow", *map(str, command)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=end_with_parent if sys.platform.startswith("linux") else None,
    )


def environment():
    """MLflow looks for its server's program on the path. What the gateway shows its servers is of no use to it."""
    kept = {name: value for name, value in os.environ.items() if name != "MODELTRAIL_SERVE_TOKEN"}
    own = os.path.dirname(sys.executable)
    return dict(kept, PATH=os.pathsep.join([own, kept.get("PATH", "")]))


def end_with_parent():
    """However we end; MLflow does the same with its server. Elsewhere who ends us has to end our group."""
    import ctypes

    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        pass


def end(server):
    """MLflow's command does not tell its server that it is ended, so all of our group is told."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGTERM)
    else:
        server.terminate()


def relay(output, workers, ready, looping):
    """
    Of several workers each that dies is replaced, for ever if the model cannot be read. When all have died before one answered,
    and another one, `looping` is set, and what is said of the end is left out: the last lines are those that say why.
    """
    deaths = 0
    for line in output:
        if looping.is_set():
            continue
        if WORKER_DIED.search(line):
            deaths += 1
            if deaths > workers and not ready.is_set():
                looping.set()
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def free_port(host):
    with socket.socket() as taken:
        taken.bind((host, 0))
        return taken.getsockname()[1]


def answers(host, port):
    connection = http.client.HTTPConnection(host, port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tell_ready(file, port):
    """In the words of the app that serves."""
    with open(file + ".new", "w", encoding="utf-8") as target:
        json.dump({"port": port, "pid": os.getpid()}, target)
    os.replace(file + ".new", file)


if __name__ == "__main__":
    sys.exit(main())

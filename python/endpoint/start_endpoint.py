"""
    endpoint.py start FOLDER      {"order", "address": {"host", "port"}, "token": text or null, "mark", "seconds"}

Starts a process that answers for a model (see server.py for an order), apart from us and at a port of its own, where no callers
come to; and the keeper before, when there is none. Answers {"id", "port"} when it is ready, {"fault", "log"} when it does not get
that far, {"address": why callers cannot come there}, {"elsewhere": the machine where it runs}, or {"error"}. An equal one that is
there already is taken.
"""
import time

from answer import answer
from apart import start_apart
from bundles import touch
from control import Silent, ask
from keeper import keep
from request import read_request
from serverlog import last_lines
from silence import explain

POLL = 0.05
PATIENCE = 20
SHOWN = 15


def main(folder):
    request = read_request()
    touch(folder, request["order"]["bundle"])
    try:
        ensure_keeper(folder, request["mark"])
        started = ask(folder, do="start", **{name: request[name] for name in ("order", "address", "token")})
        answer(until_ready(folder, started["id"], request["seconds"]) if "id" in started else started)
    except Silent as silent:
        answer(explain(folder, silent))
    return 0


def until_ready(folder, id, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = ask(folder, do="state")
        server = next((one for one in state["servers"] if one["id"] == id), None)
        if server is None or server["state"] in ("ended", "leaving"):
            fault = (server or {}).get("fault") or "It was ended."
            return {"id": id, "fault": fault, "log": last_lines(folder.at("log"), SHOWN)}
        if server["state"] != "starting":
            return {"id": id, "port": server["port"], "live": state["live"] == id}
        time.sleep(POLL)
    return {"id": id, "fault": "It was not ready within %d seconds." % seconds, "log": last_lines(folder.at("log"), SHOWN)}


def ensure_keeper(folder, mark):
    try:
        ask(folder, do="state")
    except Silent:
        start_apart(folder, lambda ready: keep(folder, mark, ready), PATIENCE)

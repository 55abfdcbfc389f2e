"""
    endpoint.py status FOLDER

Answers {"keeper": "none" | "dead" | "elsewhere" | "alive"}: it was never there, it is gone, it runs on another machine that shares our
disk ("host"), or it is there. Dead: with what it wrote last, and "log", the last lines. Alive: with its state (see keeper.py),
"ping" (what the live server answers at /ping, null when it does not), and "metrics", the text of /metrics or null.
"""
import http.client

from answer import answer
from control import Silent, ask
from identity import is_alive
from serverlog import last_lines

SECONDS = 5
SHOWN = 5


def main(folder):
    answer(look(folder))
    return 0


def look(folder):
    if not folder.exists("bundles"):
        return {"keeper": "none"}
    try:
        state = ask(folder, do="state")
    except Silent as silent:
        return silent_keeper(folder, str(silent))
    live = next((one for one in state["servers"] if one["id"] == state["live"]), None)
    port = live and live["port"]
    ping = get(port, "/ping", None) if port else None
    metrics = get(port, "/metrics", token_of(folder)) if ping else None
    return dict(state, keeper="alive", ping=ping and ping[0], metrics=metrics and metrics[1])


def silent_keeper(folder, why):
    known = folder.read("keeper.json")
    last = last_lines(folder.at("log"), SHOWN)
    if not known:
        return {"keeper": "dead", "live": None, "servers": [], "log": last}
    alive = is_alive(known["process"])
    if alive is None:
        return {"keeper": "elsewhere", "host": known["process"]["host"]}
    if alive:
        return dict(known, keeper="alive", ping=None, metrics=None, silent=why)
    return dict(known, keeper="dead", log=last)


def get(port, path, token):
    """(status, text), or None when it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"authorization": "Bearer " + token} if token else {})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def token_of(folder):
    try:
        with open(folder.at("token"), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None

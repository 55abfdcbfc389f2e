"""
    endpoint.py status FOLDER

Answers {"keeper": "none" | "dead" | "elsewhere" | "alive"}: it was never there, it is gone, it runs on another machine that shares our
disk ("host"), or it is there. Dead: with what it wrote last, and "log", the last lines. Alive: with its state (see keeper.py),
"ping" (what the live server answers at /ping, null when it does not), and "metrics", the text of /metrics or null.
"""
from answer import answer
from control import Silent, ask
from identity import is_alive
from pulse import get
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
    ping = get(port, "/ping", None, SECONDS) if port else None
    metrics = get(port, "/metrics", token_of(folder), SECONDS) if ping else None
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


def token_of(folder):
    try:
        return ask(folder, do="token")["token"]
    except Silent:
        return None

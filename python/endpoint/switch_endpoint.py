"""
    endpoint.py switch FOLDER ID KEPT

Gives callers to the server, and ends the others when they have answered what they have. Of bundles that nobody uses any more the
newest KEPT stay. Answers {"address"} when nobody is answered by another any more, {"fault"}, or {"error"}.
"""
import time

from answer import answer
from bundles import keep_newest
from control import Silent, ask
from silence import explain

POLL = 0.05
PATIENCE = 60


def main(folder, id, kept):
    try:
        ask(folder, do="join", id=id)
        said = until_alone(folder, id)
        if "address" in said:
            keep_newest(folder, int(kept), ask(folder, do="state")["servers"])
        answer(said)
    except Silent as silent:
        answer(explain(folder, silent))
    return 0


def until_alone(folder, id):
    deadline = time.monotonic() + PATIENCE
    while True:
        state = ask(folder, do="state")
        server = next((one for one in state["servers"] if one["id"] == id), None)
        others = any(one["takes"] for one in state["servers"] if one["id"] != id)
        is_late = time.monotonic() > deadline
        if state["live"] == id and (not others or is_late):
            return {"address": state["address"]}
        if server is None or server["state"] in ("ended", "leaving") or is_late:
            return {"fault": (server or {}).get("fault") or "It did not take the requests."}
        time.sleep(POLL)

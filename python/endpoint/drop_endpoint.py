"""
    endpoint.py drop FOLDER ID KEPT

Ends a server that callers were not given to; of one that is live, nothing happens. What was sent of its bundle goes when it is not
whole; of bundles that nobody uses the newest KEPT stay. Answers {"live": the server that answers callers, or null}.
"""
from answer import answer
from bundles import keep_newest
from control import Silent, ask


def main(folder, id, kept):
    try:
        state = ask(folder, do="drop", id=id)
    except Silent:
        # With the keeper, its servers are gone too; unless it only hangs.
        state = folder.read("keeper.json") or {"live": None, "servers": []}
    if folder.exists("bundles"):
        keep_newest(folder, int(kept), state["servers"])
    answer({"live": state["live"]})
    return 0

"""
    endpoint.py stop FOLDER MARK

Ends all of the endpoint, and removes its folder. Answers {"found": whether anything of it was here, "left": [processes that would not
go]}, or {"elsewhere": the machine where it runs}. Gone already: nothing happens.
"""
import os
import shutil
import signal
import time

from answer import answer
from control import Silent, ask
from identity import is_alive
from keeper import servers_of
from processes import end_all, send

POLL = 0.05
# Beyond what servers get to end in order.
PATIENCE = 50
GRACE = 5


def main(folder, mark):
    found = os.path.isdir(folder.path)
    known = folder.read("keeper.json")
    alive = is_alive(known["process"]) if known else False
    if alive is None:
        answer({"elsewhere": known["process"]["host"]})
        return 0
    end_keeper(folder, known["process"] if alive else None)
    left = end_all(lambda: servers_of(mark, known), GRACE, first=signal.SIGTERM)
    if not left:
        shutil.rmtree(folder.path, ignore_errors=True)
        if os.path.isdir(folder.path):
            shutil.rmtree(folder.path)
    answer({"found": found, "left": [one["pid"] for one in left]})
    return 0


def end_keeper(folder, keeper):
    """`keeper`: as it was written down; None when it is not there, or could not write."""
    try:
        keeper = ask(folder, do="stop")["process"]
        deadline = time.monotonic() + PATIENCE
        while is_alive(keeper) and time.monotonic() < deadline:
            time.sleep(POLL)
    except Silent:
        pass  # it hangs, or has ended meanwhile
    if keeper and is_alive(keeper):
        send(keeper, signal.SIGKILL)

"""Modeltrail's endpoint on a machine that has no more than a POSIX shell and Python 3.8: a model that answers there.

    python3 -I -S -X utf8 endpoint.py COMMAND FOLDER [ARGUMENT...]      a request in JSON comes in

FOLDER is the endpoint's own:

    bundles/HASH/    models, ready to be served; incoming-HASH/: one that is being sent
    keeper.json      the process that holds the endpoint's port and looks after the processes that answer; and those
    keeper.lock      held while it lives
    control          where it is told what to do
    ID.ready         said by a process that answers
    log, log.1       what those print
    agent.log        faults of ours

Each command is a file beside this one. All of them can be called again at any time.
"""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(os.path.dirname(here), "agent")]

COMMANDS = ("look", "prepare", "place", "start", "switch", "drop", "status", "log", "relay", "stop")


def open_folder(path):
    from folder import Folder

    return Folder(os.path.abspath(os.path.expanduser(path)))


from dispatch import dispatch  # noqa: E402

dispatch(COMMANDS, "endpoint", open_folder)

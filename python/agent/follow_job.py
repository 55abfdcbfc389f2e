"""
    agent.py follow FOLDER < OFFSETS

Sends frames (see frames.py) of what is in output.log and spool/ from OFFSETS on ({"output.log": bytes, "spool/NAME": bytes},
JSON) and of each change of the status, until the job has ended and all was sent.
"""
import json
import os
import sys
import time

from frames import Sender
from processes import end_all, of_job

# Between looks: right after something came, and after long silence.
EAGER, PATIENT = 0.03, 0.5
BEAT = 5
FEW = 100
GRACE = 5


def main(folder):
    offsets = json.loads(sys.stdin.buffer.read() or b"{}")

    def write(line):
        try:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        except OSError:
            os._exit(0)  # the connection is gone; another will come

    sender = Sender(write)
    sender.tell("e", follow(folder, sender, offsets))
    return 0


def follow(folder, sender, offsets):
    """Gives the last status, once all was sent."""
    last, wait = None, EAGER
    beat = time.monotonic()
    sender.send("b")
    while True:
        # Before the files: what is not there after the end was never written.
        status = folder.status()
        over = status["state"] in ("ended", "gone")
        if status["state"] == "gone":
            end_rest(folder)
        moved = send_new(folder, sender, offsets)
        if over and not moved:
            return status
        if status != last and not over:
            sender.tell("s", status)
            last = status
        now = time.monotonic()
        if moved:
            wait = EAGER
        else:
            if now - beat > BEAT:
                sender.send("b")
                beat = now
            time.sleep(wait)
            wait = min(wait * 1.2, PATIENT)


def send_new(folder, sender, offsets):
    """Whether there was anything."""
    moved = False
    # Ours comes first: it says where the job is.
    for name in spool_files(folder, offsets) + ["output.log"]:
        offset = offsets.get(name, 0)
        offsets[name] = sender.file(folder.at(name), name, offset)
        moved = moved or offsets[name] > offset
    return moved


def spool_files(folder, offsets):
    """Those worth opening. Among few it is all of them: only who opens a file on a network disk learns how long it is now."""
    try:
        entries = [entry for entry in os.scandir(folder.spool) if entry.name.endswith(".jsonl")]
    except OSError:
        return []
    if len(entries) > FEW:
        entries = [entry for entry in entries if entry.stat().st_size > offsets.get("spool/" + entry.name, 0)]
    return sorted(["spool/" + entry.name for entry in entries])


def end_rest(folder):
    """Without its agent nobody hears what the command prints, or sees its end."""
    job, agent = folder.read("job.json"), folder.read("agent.json")
    if job and agent:
        end_all(lambda: of_job(job["id"], agent), GRACE)

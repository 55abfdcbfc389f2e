"""
    agent.py cancel FOLDER

Ends the job, in whatever phase it is, with all its processes; it does not start any more. Answers {"status": …, "left": [pids]}
when nothing of it runs; `left`: processes that would not go. Of a job on a machine that we cannot see, only its agent can end
the processes: then the status is still "running", `seen` false.
"""
import signal
import time

from answer import answer
from identity import is_alive
from processes import DYING, end_all, of_job, send

POLL = 0.02
# How long the agent may take to say that it is there.
STARTING = 5
# How long one on another machine may take to hear of it.
FAR = 3
# How long it may take to put away what it knows, when the processes are gone.
FINISH = 20


def main(folder):
    try:
        folder.mark("cancel")
    except FileNotFoundError:
        answer({"status": {"state": "none"}, "left": []})  # nothing was ever put here
        return 0
    if folder.mark("claim", "cancelled"):
        reason = {"exitCode": None, "signal": "SIGINT", "reason": "cancelled", "lostBytes": 0, "done": True}
        folder.write_end(dict(reason, endTime=time.time() * 1000))
        answer({"status": folder.status(), "left": []})
        return 0
    until(lambda: folder.exists("agent.json") or folder.status()["state"] == "ended", STARTING)
    job, agent = folder.read("job.json"), folder.read("agent.json")
    grace = (job or {}).get("grace", 5)
    alive = is_alive(agent) if agent else False
    if alive is None:
        until(lambda: folder.status()["state"] == "ended", FAR)
        answer({"status": folder.status(), "left": []})
        return 0
    if alive:
        # It has seen the mark, and does it; twice the same signal is more than some programs stand.
        until(lambda: not is_alive(agent), 2 * grace + DYING + FINISH)
    find = lambda: of_job(job["id"], agent)  # noqa: E731
    left = end_all(find, grace) if job else []
    if agent and is_alive(agent):
        send(agent, signal.SIGKILL)
        until(lambda: not is_alive(agent), DYING)
    answer({"status": folder.status(), "left": [one["pid"] for one in left]})
    return 0


def until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(POLL)

"""
    agent.py stream FOLDER

Runs the job, as the main process of a container that nothing but its log will be left of: sends on standard output the frames
that `follow` sends, then those of the files that the command wrote ("work/PATH"), as far as they fit into job["stream"]
{file, total} bytes, and what files there are. Ends with the command's exit code.
"""
import os
import signal
import time

from files_job import changed_files
from follow_job import follow
from frames import SMALL, Sender
from run_job import run
from workfiles import look


def main(folder):
    job = folder.read("job.json")
    os.makedirs(folder.work, exist_ok=True)
    if not folder.exists("before.json"):
        folder.write("before.json", {"files": look(folder.work), "hashes": {}, "time": time.time()})
    agent = os.fork()
    if agent == 0:
        run_apart(folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(agent, number))

    def write(line):
        while line:
            line = line[os.write(1, line) :]

    sender = Sender(write, SMALL)
    while not folder.exists("agent.json") and os.waitpid(agent, os.WNOHANG) == (0, 0):
        time.sleep(0.005)
    status = follow(folder, sender, {})
    limits = job.get("stream") or {}
    found = changed_files(folder, limits.get("file"), limits.get("total"))
    for path, *_ in found["files"]:
        sender.file(os.path.join(folder.work, path), "work/" + path, 0)
    sender.tell("f", found)
    sender.tell("e", status)
    return status["exitCode"] if status.get("exitCode") is not None else 1


def run_apart(folder):
    """What we print is for the log alone; faults go where a reader of the log finds them."""
    try:
        os.dup2(2, 1)
        run(folder, lambda: None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(0)

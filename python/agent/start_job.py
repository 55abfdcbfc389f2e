"""
    agent.py start FOLDER

Starts the job's agent apart from us: it goes on when the connection ends that we came by. Answers {"status": …} once the
agent is there. Started before, or cancelled: nothing happens.
"""
import os
import select

from answer import answer

# How long the agent may take to say that it is there. It goes on even when it has not by then.
PATIENCE = 20


def main(folder):
    start(folder)
    answer({"status": folder.status()})
    return 0


def start(folder):
    if folder.exists("claim"):
        return
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            detach(folder)
            # Only here, so that whoever asked for the start is not held up by what the agent needs.
            from run_job import run

            run(folder, lambda: os.close(told))
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(told)
    os.waitpid(child, 0)
    select.select([ready], [], [], PATIENCE)
    os.close(ready)


def detach(folder):
    """In the child: a session of our own, no terminal, and nobody's pipe but our own held open."""
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    try:
        log = os.open(folder.at("agent.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        log = null
    for target, source in ((0, null), (1, null), (2, log)):
        os.dup2(source, target)

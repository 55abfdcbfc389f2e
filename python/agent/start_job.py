"""
    agent.py start FOLDER

Starts the job's agent apart from us: it goes on when the connection ends that we came by. Answers {"status": …} once the
agent is there. Started before, or cancelled: nothing happens.
"""
from answer import answer
from apart import start_apart

# How long the agent may take to say that it is there. It goes on even when it has not by then.
PATIENCE = 20


def main(folder):
    start(folder)
    answer({"status": folder.status()})
    return 0


def start(folder):
    if folder.exists("claim"):
        return

    def work(ready):
        # Only here, so that whoever asked for the start is not held up by what the agent needs.
        from run_job import run

        run(folder, ready)

    start_apart(folder, work, PATIENCE)

"""
    agent.py run FOLDER

Runs the job's command, here and now, as long as it takes; ends with its exit code. For schedulers that keep the process
themselves (Slurm, containers). A signal that ends us ends the whole job.
"""
import sys

from runner import Runner


def main(folder):
    end = run(folder, lambda: None)
    if end is None:
        sys.stderr.write("This job was started before, or cancelled.\n")
        return 75  # EX_TEMPFAIL
    return end["exitCode"] if end["exitCode"] is not None else 1


def run(folder, ready):
    """Gives how it ended; None when the job is another's. `ready` is called when agent.json is there."""
    if not folder.mark("claim"):
        return None
    return Runner(folder, ready).run()

"""Modeltrail's agent: runs the command of one job on the machine where it is to run, and tells of it.

    python3 -I -S -X utf8 agent.py COMMAND FOLDER [ARGUMENT...]

Nothing but Python 3.8 and its standard library on a POSIX system is needed. FOLDER is the job's own:

    job.json       what is to be run (see prepare.py)
    work/          the project as the job gets it; before.json: its files as they were given
    output.log     all that the command printed, in the order in which it did
    spool/         what the tracer says, and in 0-agent.jsonl what we say
    claim          made once, by whoever starts the job or cancels it before its start: a job never starts twice
    agent.json     the process that runs the command
    end.json       how the command ended; its place on the disk is reserved from the start
    cancel         somebody asked for its end
    kept           files that were too big to be brought home, so that they stay
    agent.log      faults of ours

Each command is a file beside this one. All of them can be called again at any time.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

COMMANDS = ("prepare", "start", "run", "stream", "status", "follow", "files", "cancel", "clean")


def open_folder(path):
    from jobfolder import JobFolder

    return JobFolder(path)


from dispatch import dispatch  # noqa: E402

dispatch(COMMANDS, "job", open_folder)

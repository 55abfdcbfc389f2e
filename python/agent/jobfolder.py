"""The folder of a job: its files, and which process is behind it."""
import json
import os
import time

from folder import Folder
from identity import is_alive

# Room for end.json, so that a full disk does not matter.
RESERVED = 1024


class JobFolder(Folder):
    def __init__(self, path):
        # The command sees real paths wherever it asks for its working folder, so ours are real too.
        self.given = os.path.abspath(path)
        super().__init__(os.path.realpath(path))
        self.work = self.at("work")
        self.log = self.at("output.log")
        self.spool = self.at("spool")

    def reserve_end(self):
        with open(self.at("end.json"), "wb") as file:
            file.write(b" " * RESERVED)
            file.flush()
            os.fsync(file.fileno())

    def write_end(self, end):
        """In its place, with one write: readers see the old or the new."""
        data = json.dumps(end).encode().ljust(RESERVED)
        descriptor = os.open(self.at("end.json"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(descriptor, data, 0)
        finally:
            os.close(descriptor)

    def status(self):
        """
        {"state": "none"}      not started
        {"state": "starting"}  somebody is about to
        {"state": "running"}   `seen` false: by a process that cannot be seen from here
        {"state": "ended", exitCode, signal, endTime, reason, lostBytes}
        {"state": "gone", reason}
        """
        end = self.read("end.json")
        agent = self.read("agent.json")
        alive = is_alive(agent) if agent else None
        if end and (end.get("done") or alive is False):
            return dict(end, state="ended")
        if agent:
            if alive is False:
                # It may have ended between our two looks.
                end = self.read("end.json")
                if end:
                    return dict(end, state="ended")
                return {"state": "gone", "reason": "the process that ran it is gone"}
            return {"state": "running", "seen": alive is True}
        if not self.exists("claim"):
            return {"state": "none"}
        if time.time() - os.stat(self.at("claim")).st_mtime > 60:
            return {"state": "gone", "reason": "it was about to be started, and never was"}
        return {"state": "starting"}

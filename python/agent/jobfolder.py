"""The folder of a job: its files, and which process is behind it."""
import json
import os
import time

from identity import is_alive

# Room for end.json, so that a full disk does not matter.
RESERVED = 1024


class JobFolder:
    def __init__(self, path):
        # The command sees real paths wherever it asks for its working folder, so ours are real too.
        self.given = os.path.abspath(path)
        self.path = os.path.realpath(path)
        self.work = self.at("work")
        self.log = self.at("output.log")
        self.spool = self.at("spool")

    def at(self, *names):
        return os.path.join(self.path, *names)

    def exists(self, name):
        return os.path.exists(self.at(name))

    def read(self, name):
        """The JSON in `name`; None when there is none, or none yet."""
        try:
            with open(self.at(name), encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    def write(self, name, value):
        """Whole or not at all."""
        temporary = self.at("%s.%d" % (name, os.getpid()))
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(value, file)
            os.replace(temporary, self.at(name))
        except OSError:
            try:
                os.unlink(temporary)
            except OSError:
                pass
            raise

    def mark(self, name, text=""):
        """Makes the file `name`; False when somebody else already has. Exclusive creation also holds on network disks."""
        try:
            descriptor = os.open(self.at(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        try:
            os.write(descriptor, text.encode())
        except OSError:
            pass  # the disk is full: that it is there is what counts
        os.close(descriptor)
        return True

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

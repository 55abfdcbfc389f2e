"""Runs the command of a job: its output into the log, its limits kept, its end on the disk."""
import ctypes
import os
import select
import signal
import subprocess
import threading
import time

from activation import NotThere, environment_of, program_of
from files import tell_files
from identity import identity, stat_of
from machine import Teller, running
from memory import MemoryEvents
from processes import end_all, of_job
from sampler import Sampler
from spool import Spool

CHUNK = 1 << 20
TICK = 0.1
# Between looks once the command has ended.
SHORT = 0.01
# How long what the command left behind may be silent before we end it.
QUIET = 0.1
LONGEST_WAIT = 1.0
PR_SET_CHILD_SUBREAPER = 36


class Runner:
    def __init__(self, folder, ready):
        self.folder = folder
        self.job = folder.read("job.json")
        self.limits = self.job.get("limits") or {}
        self.grace = self.job.get("grace", 5)
        self.spool = Spool(folder.spool)
        self.agent = identity()
        self.command = None
        self.why = None
        self.lost = 0
        self.last_output = 0.0
        self.stopping = None
        folder.reserve_end()
        folder.write("agent.json", self.agent)
        ready()
        self.log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def run(self):
        adopt_orphans()
        woken, wake = os.pipe()
        for end in (woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: self.stop("ended from outside by " + signal.Signals(number).name))
        try:
            environment = environment_of(self.job, self.folder)
        except NotThere as error:
            self.append(("%s\n" % error).encode("utf-8", "surrogateescape"))
            return self.over(127, None)
        teller = Teller(self.folder, self.spool, self.job, environment)
        teller.tell()
        memory = MemoryEvents()
        begun = time.monotonic()
        if self.folder.exists("cancel"):
            return self.over(None, signal.SIGINT)
        output = self.start(environment)
        if output is None:
            return self.over(self.refused, None)
        sampler = Sampler(self.command.pid, self.limits.get("memory"), environment, self.spool, self.too_much_memory)
        sampler.start()
        teller.start()
        self.relay(output, woken, begun)
        teller.stop()
        sampler.stop()
        code = self.command.returncode
        if self.why is None and code != 0 and memory.killed(by_kill=code in (-signal.SIGKILL, 128 + signal.SIGKILL)):
            self.why = "out of memory"
        if self.why is None and self.folder.exists("cancel"):
            self.why = "cancelled"
        end = (None, -code) if code < 0 else (code, None)
        return self.over(*end, finish=teller.finish)

    def start(self, environment):
        """Gives the end of the pipe that the command prints into; None when it cannot be started, as a shell would say it."""
        output, printed = os.pipe()
        command = [program_of(self.job, environment, self.folder)] + self.job["command"][1:]
        try:
            self.command = subprocess.Popen(
                command,
                cwd=os.path.join(self.folder.work, self.job["cwd"]),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
            return output
        except OSError as error:
            missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            words = "command not found" if missing and "/" not in command[0] else error.strerror
            subject = command[0]
            if error.filename not in (None, command[0]):
                subject = error.filename  # the working folder
            self.append(("%s: %s\n" % (subject, words)).encode("utf-8", "surrogateescape"))
            self.refused = 127 if missing else 126
            return None
        finally:
            os.close(printed)

    def relay(self, output, woken, begun):
        """Until the command has ended, and what it left behind."""
        ended = None
        seconds = self.limits.get("seconds")
        ending = None
        while output is not None or self.command.returncode is None or ending:
            sources = [woken] if output is None else [output, woken]
            ready = select.select(sources, [], [], TICK if ended is None else SHORT)[0]
            now = time.monotonic()
            if woken in ready:
                drain(woken)
            if output in ready:
                data = os.read(output, CHUNK)
                self.last_output = now
                if data:
                    self.append(data)
                else:
                    os.close(output)
                    output = None
            if ended is None:
                self.bury()
                if self.command.poll() is not None:
                    ended = now
                elif seconds and now - begun > seconds:
                    self.stop("time limit")
                elif self.folder.exists("cancel"):
                    self.stop("cancelled")
            if ended is None:
                continue
            if ending is None:
                # What it left behind can still print; a job ends with its command, as under every scheduler.
                quiet = output is None or now - max(ended, self.last_output) > QUIET
                if quiet or now - ended > LONGEST_WAIT:
                    ending = threading.Thread(target=self.end_rest, daemon=True)
                    ending.start()
            elif not ending.is_alive():
                self.bury()
                if output is not None:
                    self.drain(output)
                return

    def drain(self, output):
        """What is still in the pipe: whoever holds it open now could not be ended."""
        os.set_blocking(output, False)
        try:
            for data in iter(lambda: os.read(output, CHUNK), b""):
                self.append(data)
        except BlockingIOError:
            pass
        os.close(output)

    def end_rest(self):
        if self.stopping:
            self.stopping.join()
        end_all(self.processes, self.grace, first=signal.SIGTERM)

    def processes(self):
        return of_job(self.job["id"], self.agent)

    def stop(self, why, first=signal.SIGINT):
        """Ends the job's processes; the first reason counts."""
        if self.stopping:
            return
        self.why = "cancelled" if self.folder.exists("cancel") else why
        self.stopping = threading.Thread(target=end_all, args=(self.processes, self.grace, first), daemon=True)
        self.stopping.start()

    def too_much_memory(self):
        self.stop("memory limit", first=signal.SIGKILL)

    def append(self, data):
        """A failing write (full disk) is counted, and never disturbs the run."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.log, view) :]
        except OSError:
            self.lost += len(view)

    def bury(self):
        """Takes note of the end of orphans that have become our children."""
        children = "/proc/self/task/%d/children" % os.getpid()
        try:
            with open(children) as file:
                pids = list(map(int, file.read().split()))
        except OSError:
            return
        for pid in pids:
            fields = stat_of(pid)
            # Not the command, which `subprocess` waits for, nor programs of ours, which carry no mark but are waited for at once.
            if pid != self.command.pid and fields and fields[0] == b"Z" and pid not in running:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except OSError:
                    pass

    def over(self, code, number, finish=None):
        """First how it ended, for all that follows can take long or fail."""
        if code is None and self.why is None and self.folder.exists("cancel"):
            self.why = "cancelled"
        end = {
            "exitCode": code,
            "signal": signal.Signals(number).name if number else None,
            "endTime": time.time() * 1000,
            "reason": self.why,
            "lostBytes": self.lost,
            "done": False,
        }
        self.folder.write_end(end)
        try:
            if finish:
                finish()
            tell_files(self.folder, self.spool, hurry=self.why == "cancelled")
        finally:
            end["done"] = True
            end["lostBytes"] += self.spool.lost
            self.folder.write_end(end)
        return end


def adopt_orphans():
    """Linux: processes whose parent ends become our children, so that none gets away, whatever its environment is."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def drain(descriptor):
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        pass

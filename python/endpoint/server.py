"""A process that answers for a model: starting it, and knowing how it gets on."""
import os
import signal
import subprocess
import time

from activation import NOT_OURS, NotThere, activate, program_of
from identity import identity
from processes import MARK
from pulse import LOST, Pulse

# How long connections that look idle stay open in one that has to go.
LINGER = 5
# What an orderly end may take beyond that and the time of a request; and when all is to go, altogether.
GRACE, AT_ONCE = 10, 30
# Of reading a model, when it takes the place of one that died: nobody waits for it who would give it up.
SLOWEST = 600
TOKEN = "MODELTRAIL_SERVE_TOKEN"
MISLEADING = ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX")


class Server:
    """
    `order`: {"id", "version", "bundle", "signature", "arguments", "activate", "env", "drain": seconds that a request may take};
    `front`: the endpoint's socket; `token`: what callers have to show, or None.

    `state`: "starting" → "ready" (answers at a port of its own) → "joining" → "live" (answers callers) → "leaving" → "ended".
    """

    def __init__(self, folder, order, front, log, mark, token):
        self.folder = folder
        self.order = order
        self.front = front
        self.log = log
        self.mark = mark
        self.token = token
        self.state = "starting"
        self.port = None
        self.fault = None
        self.process = None
        self.known = None
        self.pulse = None
        # When it was started, and when it was told last what it is to become.
        self.since = self.asked = time.monotonic()
        self.deadline = None

    def start(self):
        """Anew, when it ran before."""
        self.state, self.port, self.fault, self.deadline = "starting", None, None, None
        self.since = self.asked = time.monotonic()
        self._forget_ready()
        try:
            environment = self._environment()
            python = program_of({"command": ["python"], "activate": self.order.get("activate")}, environment, self.folder)
            self._spawn([python] + self._arguments(), environment)
        # ValueError: of a variable that no process can have.
        except (OSError, ValueError, NotThere) as error:
            self._ended("It could not be started: %s" % error)

    def look(self):
        """Takes note of what became of it. True when that changed."""
        before = self.state
        if self.process is None or self.state == "ended":
            return False
        code = self.process.poll()
        if code is not None:
            self._ended(None if self.state == "leaving" else self.fault or _ending(code))
        elif self.state in ("starting", "joining"):
            said = self.folder.read(self._ready)
            if said and self.state == "starting":
                self.state, self.port = "ready", said["port"]
            elif said and said.get("joined"):
                self.state, self.pulse = "live", Pulse(self.port)
            elif time.monotonic() - self.asked > SLOWEST:
                self.kill()
                self.fault = "It did not answer within %d minutes of its start, and was ended." % (SLOWEST // 60)
        elif self.state == "live" and self.pulse.is_lost():
            self.kill()
            self.fault = "It did not answer when it was asked %d times, and was ended." % LOST
        elif self.state == "leaving" and time.monotonic() > self.deadline:
            self.kill()
        return self.state != before

    def join(self):
        """From now on it is to answer callers, too."""
        if self.state == "ready":
            self.state, self.asked = "joining", time.monotonic()
            os.kill(self.process.pid, signal.SIGUSR1)

    def leave(self, at_once=False):
        """It answers what it has, takes nothing new, and ends."""
        if self.state == "ended":
            return
        limit = AT_ONCE if at_once else LINGER + self.order["drain"] + GRACE
        self.deadline = min(self.deadline or float("inf"), time.monotonic() + limit)
        if self.state != "leaving":
            self.state = "leaving"
            if self.process:
                self.process.terminate()

    def kill(self):
        """With what it has started."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except OSError:
                pass

    def takes_requests(self):
        """Of callers; one that is leaving has said so when it takes no more."""
        return self.state == "live" or (self.state == "leaving" and self.folder.exists(self._ready))

    def describe(self):
        order = {name: self.order[name] for name in ("id", "version", "bundle", "signature")}
        seconds = time.monotonic() - self.since
        return dict(order, state=self.state, port=self.port, fault=self.fault, process=self.known, seconds=seconds)

    @property
    def _ready(self):
        return self.order["id"] + ".ready"

    def _arguments(self):
        ours = ["--host", "127.0.0.1", "--port", "0", "--ready-file", self.folder.at(self._ready)]
        ours += ["--with-parent", os.getpid(), "--shared-socket", self.front.fileno()]
        ours += ["--linger-seconds", LINGER, "--drain-seconds", self.order["drain"]]
        return ["-m", "modeltrail_serve"] + self.order["arguments"] + [str(word) for word in ours]

    def _environment(self):
        known = {name: value for name, value in os.environ.items() if name not in NOT_OURS + MISLEADING}
        environment = activate(self.order.get("activate"), known)
        environment.update(self.order.get("env") or {})
        environment.update({MARK: self.mark, "PYTHONPATH": self.folder.at("bundles", self.order["bundle"])})
        environment.update(PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1")
        environment.pop(TOKEN, None)
        if self.token is not None:
            environment[TOKEN] = self.token
        return environment

    def _spawn(self, command, environment):
        printed, output = os.pipe()
        try:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder.path,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=[self.front.fileno()],
            )
            self.known = identity(self.process.pid)
        except OSError:
            os.close(printed)
            raise
        finally:
            os.close(output)
        self.log.follow(printed)

    def _ended(self, fault):
        self.kill()
        # Its number may be another's from now on.
        self.process = None
        if self.pulse:
            self.pulse.stop()
        self.state, self.port, self.fault = "ended", None, fault
        self._forget_ready()
        if fault:
            self.log.say("Version %s: %s" % (self.order["version"], fault))

    def _forget_ready(self):
        try:
            os.unlink(self.folder.at(self._ready))
        except OSError:
            pass


def _ending(code):
    if code >= 0:
        return "It ended with exit code %d." % code
    name = {one.value: one.name for one in signal.Signals}.get(-code, "signal %d" % -code)
    return "It was ended by %s%s." % (name, ", as when memory runs out" if name == "SIGKILL" else "")

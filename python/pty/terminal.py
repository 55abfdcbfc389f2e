"""Runs a command of which some output streams are terminals, and relays what it prints: into a log, then on.

    python3 -I -S terminal.py FOLDER -- COMMAND...

The command stays in our session and process group, and its input is ours, untouched. So the keyboard, Ctrl-C, Ctrl-Z,
/dev/tty and the shell's job control act on it exactly as they would without us; only its output goes through a
terminal of our own (a pty). That one adds nothing to the bytes (no "\n" to "\r\n"): the real terminal does it behind us.

FOLDER/config holds NUL-ended fields: the log's path (empty: none), the descriptors that are to be terminals ("1 2"),
"session" or "" (a session of its own for the command, so that closing the terminal does not reach it), the signals it
ignores ("1"), then its environment: names of variables of ours, or "NAME=VALUE". FOLDER/control is a FIFO that we
report on, a line each:

    pid N            the command runs
    refused ERRNO    it could not be started
    signal N         this signal reached us: it went to the whole process group, the command included
    log ERRNO        a write to the log failed, the first time
    exit CODE SIGNAL the command has ended: exit code, or the signal that ended it (else 0)
    end LOST LEFT    all that it printed was relayed: bytes missing in the log, and whether processes that it left
                     behind can still print (then we go on relaying them, alone)

Standard library only, Python 3.8+, no import that is slow: the command waits for this to start.
"""
import _signal  # not `signal`: its enums double our start-up time
import _thread
import errno
import fcntl
import os
import select
import struct
import sys
import termios
import time

CHUNK = 1 << 16
# SIGTSTP (Ctrl-Z) does not stop us: the command has stopped by itself, and the recorder stops when it has.
REPORTED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGTSTP")
# How long processes that outlive the command may be silent before we report its end without them.
QUIET = 0.05
LONGEST_WAIT = 1.0
# Output flags that change bytes: the real terminal behind us does that.
TRANSLATIONS = ("ONLCR", "OCRNL", "ONOCR", "ONLRET", "OLCUC", "OFILL", "TABDLY", "TAB3", "NLDLY", "CRDLY", "BSDLY", "VTDLY", "FFDLY")
OFLAG, LFLAG, CHARACTERS = 1, 3, 6


class Log:
    """The run's log. A failing write (full disk) is counted and never disturbs the run."""

    def __init__(self, path, report):
        self.report = report
        self.lost = 0
        self.lock = _thread.allocate_lock()
        self.file = -1
        if path:
            try:
                self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            except OSError as error:
                report("log %d" % error.errno)

    def append(self, data):
        with self.lock:
            written = 0
            try:
                while self.file >= 0 and written < len(data):
                    written += os.write(self.file, data[written:])
            except OSError as error:
                if not self.lost:
                    self.report("log %d" % error.errno)
            self.lost += len(data) - written


class Stream:
    """One output of the command: the end it writes to, the end we read, and where it goes on to."""

    def __init__(self, descriptors, terminal):
        self.descriptors = descriptors
        self.terminal = terminal
        self.target = descriptors[0]
        self.busy = False
        self.open = True
        self.looked = 0.0
        if not terminal:
            self.source, self.sink = os.pipe()
            return
        self.source, self.sink = os.openpty()
        modes = termios.tcgetattr(self.target)
        for name in TRANSLATIONS:
            modes[OFLAG] &= ~getattr(termios, name, 0)
        termios.tcsetattr(self.sink, termios.TCSANOW, modes)
        self.modes = termios.tcgetattr(self.sink)
        self.resize()

    def resize(self):
        """Gives the command the real terminal's size; true when that changed it."""
        empty = struct.pack("HHHH", 0, 0, 0, 0)
        try:
            size = fcntl.ioctl(self.target, termios.TIOCGWINSZ, empty)
            if size == fcntl.ioctl(self.source, termios.TIOCGWINSZ, empty):
                return False
            fcntl.ioctl(self.source, termios.TIOCSWINSZ, size)
            return True
        except OSError:
            return False

    def mirror_modes(self, data):
        """
        A program that sets the keyboard's modes through its output (curses does) means the real terminal.
        Such a program also sends escape sequences, so that is when we look.
        """
        now = time.monotonic()
        if b"\x1b" not in data and now - self.looked < 0.02:
            return
        self.looked = now
        try:
            modes = termios.tcgetattr(self.source)
            if modes == self.modes or os.tcgetpgrp(self.target) != os.getpgrp():
                return
            real = termios.tcgetattr(self.target)
            for flags in range(LFLAG + 1):
                changed = modes[flags] ^ self.modes[flags]
                real[flags] = real[flags] & ~changed | modes[flags] & changed
            characters = zip(modes[CHARACTERS], self.modes[CHARACTERS], real[CHARACTERS])
            real[CHARACTERS] = [new if new != old else kept for new, old, kept in characters]
            termios.tcsetattr(self.target, termios.TCSADRAIN, real)
            self.modes = modes
        except (OSError, termios.error):
            pass

    def forward(self, data):
        """Writes all of it, waiting as long as the reader makes us wait. False when there is no reader any more."""
        while data:
            try:
                data = data[os.write(self.target, data) :]
            except BlockingIOError:
                select.select([], [self.target], [])
            except OSError:
                return False
        return True

    def relay(self, log, wake):
        """Until everyone who could write has gone. Each stream has a thread, so that none is held up by another."""
        forwarding = True
        while True:
            self.busy = False
            try:
                data = os.read(self.source, CHUNK)
            except OSError:
                data = b""  # Linux: the last writer closed a pty
            self.busy = True
            if not data:
                break
            log.append(data)
            if self.terminal:
                self.mirror_modes(data)
            if forwarding and not self.forward(data):
                if not self.terminal:
                    break  # as without us: the command gets SIGPIPE or EPIPE
                forwarding = False  # the terminal was closed: go on for the log
        os.close(self.source)
        self.open = False
        os.write(wake, b".")

    def quiet(self):
        try:
            return not self.open or not (self.busy or select.select([self.source], [], [], 0)[0])
        except (OSError, ValueError):
            return True  # closed meanwhile


def read_config(folder):
    with open(os.path.join(folder, b"config"), "rb") as file:
        log, terminals, session, ignored, *variables = file.read().split(b"\0")[:-1]
    # By name, for values can be secrets and the file is on a disk. The rest of our environment was added by Python.
    environment = {}
    for variable in variables:
        name, given, value = variable.partition(b"=")
        if given or name in os.environb:
            environment[name] = value if given else os.environb[name]
    return log, [int(n) for n in terminals.split()], session == b"session", [int(n) for n in ignored.split()], environment


def make_streams(terminals):
    """One per open file behind descriptors 1 and 2: the order of bytes within one file must stay as it was written."""
    first, second = os.fstat(1), os.fstat(2)
    if (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino):
        return [Stream([1, 2], 1 in terminals)]
    return [Stream([descriptor], descriptor in terminals) for descriptor in (1, 2)]


def become_command(command, environment, streams, session, ignored, refused):
    """In the child: never returns."""
    try:
        if session:
            os.setsid()
        # Ignored signals stay ignored through exec, and Python ignores two itself.
        for name in ("SIGPIPE", "SIGXFSZ"):
            _signal.signal(getattr(_signal, name), _signal.SIG_DFL)
        for number in ignored:
            _signal.signal(number, _signal.SIG_IGN)
        for stream in streams:
            for descriptor in stream.descriptors:
                os.dup2(stream.sink, descriptor)
        # Python's own handler of SIGINT must not see what was held back.
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN if _signal.SIGINT in ignored else _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, held_signals())
        try:
            os.execvpe(command[0], command, environment)
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            # A script without "#!": what execvp(3) and shells do.
            os.execve(b"/bin/sh", [b"/bin/sh"] + command, environment)
    except OSError as error:
        os.write(refused, b"%d" % (error.errno or errno.ENOENT))
    finally:
        os._exit(127)


def held_signals():
    return [getattr(_signal, name) for name in REPORTED]


def watch_signals(streams, report, pid):
    """Reports the signals that reach us, and keeps the size of the command's terminal right."""

    def seen(number, _frame):
        report("signal %d" % number)
        if number == _signal.SIGWINCH and any([stream.terminal and stream.resize() for stream in streams]):
            # It was told of the change at the same moment as we were, when its own terminal still had the old size.
            try:
                os.kill(pid, number)
            except OSError:
                pass

    for name in REPORTED:
        _signal.signal(getattr(_signal, name), seen)
    _signal.signal(_signal.SIGTTOU, _signal.SIG_IGN)


def wait_for_streams(streams, waker):
    """
    After the command's end: until all streams ended, or are quiet though processes that it left behind hold them.
    True when such processes remain.
    """
    quiet_since = start = time.monotonic()
    while any([stream.open for stream in streams]):
        now = time.monotonic()
        if not all([stream.quiet() for stream in streams]):
            quiet_since = now
        # A terminal can be stopped (Ctrl-S): what the command itself printed must get out, however long it takes.
        if now - quiet_since >= QUIET or (now - start >= LONGEST_WAIT and not any([stream.busy for stream in streams])):
            return True
        if select.select([waker], [], [], 0.005)[0]:
            os.read(waker, 16)
    return False


def main():
    folder, command = os.fsencode(sys.argv[1]), [os.fsencode(argument) for argument in sys.argv[3:]]
    control = os.open(os.path.join(folder, b"control"), os.O_WRONLY)
    log_path, terminals, session, ignored, environment = read_config(folder)

    def report(line):
        try:
            os.write(control, line.encode() + b"\n")
        except OSError:
            pass  # the recorder died: the run goes on, and its log

    log = Log(log_path, report)
    streams = make_streams(terminals)
    read_refused, refused = os.pipe()
    waker, wake = os.pipe()
    # Held back until each side is ready for them.
    _signal.pthread_sigmask(_signal.SIG_BLOCK, held_signals())
    pid = os.fork()
    if pid == 0:
        become_command(command, environment, streams, session, ignored, refused)
    watch_signals(streams, report, pid)
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, held_signals())
    os.close(refused)
    for stream in streams:
        os.close(stream.sink)
    number = os.read(read_refused, 16)
    if number:
        report("refused " + number.decode())
        os._exit(0)
    report("pid %d" % pid)
    for stream in streams:
        _thread.start_new_thread(stream.relay, (log, wake))
    _, status = os.waitpid(pid, 0)
    report("exit %d %d" % ((0, os.WTERMSIG(status)) if os.WIFSIGNALED(status) else (os.WEXITSTATUS(status), 0)))
    left = wait_for_streams(streams, waker)
    report("end %d %d" % (log.lost, left))
    os.close(control)
    while any([stream.open for stream in streams]):
        os.read(waker, 16)
    os._exit(0)


main()

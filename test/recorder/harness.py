"""Runs one command with chosen standard streams and reports every byte it gave and how it ended.

Reads one JSON object from stdin:
  command, cwd, env
  streams   what descriptors 0, 1 and 2 are: "tty" (one terminal for all that are), "pipe", "file", "null",
            "same" (2 only: the same pipe or file as 1)
  size      rows and columns of the terminal
  input     base64, for a piped stdin
  steps     done in order; text is waited for in all that came so far:
            {"await": text}, {"send": text}, {"resize": [rows, columns]}, {"signal": number}, {"group": number},
            {"pause": seconds}, {"hangup": true}, {"close": 1}
Prints one: {"tty", "out", "err": base64, "code", "signal"}. The command leads a session of its own, of which the
terminal, if there is one, is the controlling terminal, as in a terminal emulator.
"""
import base64
import fcntl
import json
import os
import select
import signal
import struct
import sys
import tempfile
import termios
import time

LIMIT = 40


def main():
    spec = json.load(sys.stdin)
    kinds = spec["streams"]
    master, slave = os.openpty() if "tty" in kinds else (-1, -1)
    resize = lambda size: fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", size[0], size[1], 0, 0))
    if master >= 0:
        resize(spec.get("size", [24, 80]))
    ours, theirs, files = {}, {}, {}
    for number, kind in enumerate(kinds):
        if kind == "tty":
            theirs[number] = slave
        elif kind == "null":
            theirs[number] = os.open(os.devnull, os.O_RDWR)
        elif kind == "same":
            theirs[number] = theirs[1]
        elif kind == "file":
            files[number] = tempfile.TemporaryFile()
            theirs[number] = files[number].fileno()
        else:
            reader, writer = os.pipe()
            ours[number], theirs[number] = (writer, reader) if number == 0 else (reader, writer)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if master >= 0:
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            os.tcsetpgrp(slave, os.getpid())
        # Above what is to be overwritten.
        moved = {number: fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for number, fd in theirs.items()}
        for number, fd in moved.items():
            os.dup2(fd, number)
        os.closerange(3, 256)
        for name in ("SIGPIPE", "SIGXFSZ"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.chdir(spec["cwd"])
        os.execvpe(spec["command"][0], spec["command"], spec["env"])
    for fd in set(theirs.values()):
        if fd not in [file.fileno() for file in files.values()]:
            os.close(fd)
    got = {master: b"", **{fd: b"" for number, fd in ours.items() if number}}
    got.pop(-1, None)
    pending = base64.b64decode(spec.get("input", ""))
    steps = spec.get("steps", [])
    status = None
    deadline = time.monotonic() + LIMIT
    open_fds = set(got)
    while time.monotonic() < deadline:
        feed = ours.get(0)
        if feed is not None and not pending:
            os.close(ours.pop(0))
            feed = None
        readable, writable, _ = select.select(list(open_fds), [feed] if feed is not None else [], [], 0.02)
        for fd in readable:
            try:
                data = os.read(fd, 65536)
            except OSError:
                data = b""
            got[fd] += data
            if not data:
                open_fds.discard(fd)
        if writable:
            try:
                pending = pending[os.write(feed, pending[:4096]) :]
            except BrokenPipeError:
                pending = b""
        while steps and ready(steps[0], got):
            step = steps.pop(0)
            if "send" in step:
                os.write(master, step["send"].encode("latin1"))
            elif "resize" in step:
                resize(step["resize"])
            elif "signal" in step:
                os.kill(pid, step["signal"])
            elif "group" in step:
                os.killpg(pid, step["group"])
            elif "pause" in step:
                time.sleep(step["pause"])
            elif "hangup" in step:
                open_fds.discard(master)
                os.close(master)
            elif "close" in step:
                open_fds.discard(ours[step["close"]])
                os.close(ours[step["close"]])
        if status is None:
            done, result = os.waitpid(pid, os.WNOHANG)
            if done:
                status = result
                # What a process left behind still writes is not waited for, unless a step asks for it.
                drained = time.monotonic() + 0.3
        elif not open_fds or (not readable and time.monotonic() > drained + (10 if steps else 0)):
            if steps:
                raise SystemExit("ended before %r; got %r" % (steps[0], got))
            break
    else:
        os.killpg(pid, signal.SIGKILL)
        raise SystemExit("still running after %d s; got %r" % (LIMIT, {k: v[-500:] for k, v in got.items()}))
    encode = lambda data: base64.b64encode(data).decode()
    result = {"tty": encode(got.get(master, b""))}
    for number, name in ((1, "out"), (2, "err")):
        if number in files:
            files[number].seek(0)
            result[name] = encode(files[number].read())
        else:
            result[name] = encode(got.get(ours.get(number), b""))
    result["code"] = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    result["signal"] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    print(json.dumps(result))


def ready(step, got):
    return "await" not in step or any(step["await"].encode("latin1") in data for data in got.values())


main()

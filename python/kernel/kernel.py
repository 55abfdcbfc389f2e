"""One kernel process and the sockets that lead to it (Jupyter's messaging protocol, version 5)."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import zmq
from jupyter_client.connect import write_connection_file
from jupyter_client.launcher import launch_kernel
from jupyter_client.session import Session

# A frame above this is not decoded: it would take several times as much memory.
FRAME_LIMIT = 256 << 20
# Bytes of what the process itself printed that are told when it dies.
LAST_WORDS = 4_000
POLITE_SECONDS = 5
PATH_LIMIT = 100  # macOS takes 103 bytes
CHANNELS = {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB}


def _transport(folder):
    """Sockets in our own folder, which nobody else can reach, where the system has them and takes a path as long."""
    path = os.path.join(folder, "socket")
    if os.name == "nt" or len(os.fsencode(path)) + len("-5") > PATH_LIMIT:
        return {}
    return {"transport": "ipc", "ip": path}


class Kernel:
    """Starts at once. `env`: its whole environment; `cwd`: its working folder."""

    def __init__(self, context, env, cwd):
        self.folder = tempfile.mkdtemp(prefix="modeltrail-kernel-")
        file, self.connection = write_connection_file(os.path.join(self.folder, "kernel.json"), **_transport(self.folder))
        key = self.connection["key"]
        self.session = Session(key=key if isinstance(key, bytes) else key.encode("ascii"))
        # Before there is a kernel that listens to our sockets, and after, what it prints goes here.
        self.output = tempfile.TemporaryFile(dir=self.folder)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", file]
        self.process = launch_kernel(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output, env=env, cwd=cwd
        )
        self.sockets = {name: self._connect(context, name, kind) for name, kind in CHANNELS.items()}

    def _connect(self, context, name, kind):
        socket = context.socket(kind)
        socket.linger = 0
        # Nothing may be dropped on our side: an end that is not heard of would be waited for.
        socket.rcvhwm = 0
        socket.sndhwm = 0
        if kind == zmq.SUB:
            socket.subscribe(b"")
        else:
            socket.identity = self.session.bsession
        transport, ip, port = (self.connection[key] for key in ("transport", "ip", name + "_port"))
        socket.connect("%s://%s%s%d" % (transport, ip, "-" if transport == "ipc" else ":", port))
        return socket

    def send(self, channel, kind, content):
        """Send a message; returns its id."""
        return self.session.send(self.sockets[channel], kind, content)["header"]["msg_id"]

    def receive(self, channel):
        """The next message of a channel; None when there is none. One that is too big has `content` None and a `size`."""
        try:
            frames = self.sockets[channel].recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return None
        _, frames = self.session.feed_identities(frames)
        content, size = frames[4], sum(map(len, frames))
        if size > FRAME_LIMIT:
            header, parent = (self.session.unpack(frame) for frame in frames[1:3])
            return {"header": header, "parent_header": parent, "content": None, "size": size, "buffers": []}
        message = self.session.deserialize(frames)
        message["size"] = len(content)
        return message

    def interrupt(self):
        if os.name == "nt":
            from jupyter_client.win_interrupt import send_interrupt

            send_interrupt(self.process.win32_interrupt_event)
        else:
            self._signal(signal.SIGINT)

    def _signal(self, number):
        """To the process and what it started, as a terminal does; launch_kernel gave it a group of its own."""
        try:
            os.killpg(self.process.pid, number)
        except OSError:
            try:
                self.process.send_signal(number)
            except OSError:
                pass  # it has just ended

    def stop(self):
        """Ask it to end, which runs what is registered for its exit; then make it."""
        if self.process.poll() is None:
            self.send("control", "shutdown_request", {"restart": False})
            self._wait(POLITE_SECONDS)
        if self.process.poll() is None:
            self.process.terminate()
            self._wait(POLITE_SECONDS)
        if self.process.poll() is None:
            if os.name == "nt":
                self.process.kill()
            else:
                self._signal(signal.SIGKILL)
            self.process.wait()

    def _wait(self, seconds):
        """Its last words are taken by whoever polls; here only time passes."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)

    def end(self):
        """How the process ended: exit code and name of a signal, and what it printed last."""
        code = self.process.poll()
        self.output.seek(max(0, self.output.seek(0, os.SEEK_END) - LAST_WORDS))
        words = self.output.read().decode("utf-8", "replace").strip()
        if code is not None and code < 0:
            try:
                return {"code": None, "signal": signal.Signals(-code).name, "output": words}
            except ValueError:
                pass
        return {"code": code, "signal": None, "output": words}

    def close(self):
        for socket in self.sockets.values():
            socket.close()
        self.output.close()
        shutil.rmtree(self.folder, ignore_errors=True)

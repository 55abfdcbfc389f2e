"""The loop between the recorder's requests and the kernel's messages.

Requests: `start` (env, cwd), `execute` (id, code, silent, stdin), `interrupt`, `input` (text), `stop`. Events: `ready`, `began`,
`stream`, `display`, `result`, `clear`, `error`, `input`, `done`, `cut`, `dead`, `stopped`; an event's `id` is that of the
execution that it is of, null when it is of none. One execution at a time is under way; the recorder sees to that.
"""

import json
import threading
import time
from collections import OrderedDict, deque

import zmq
from kernel import Kernel

ASK_AGAIN_SECONDS = 0.5
POLL_MS = 200
# Executions whose late output (of threads that they began) is still told apart.
REMEMBERED = 1_000
# How long after the process has died its last words may take to arrive.
LAST_WORDS_SECONDS = 0.3


class Bridge:
    """`sender` takes the events."""

    def __init__(self, sender):
        self.sender = sender
        self.context = zmq.Context()
        self.requests = deque()
        self.kernel = None
        self.ready = False
        self.heard = False
        self.asked = 0.0
        self.ids = OrderedDict()  # message id → execution id
        self.current = None  # id of the execution under way
        self.reply = None  # its reply, once there
        self.idle = False  # and whether all its output is there
        self.died = None  # when the process was seen to have died

    def run(self, requests):
        """Until `requests`, a stream of JSON lines, ends. The kernel is ended then."""
        bell = self.context.socket(zmq.PAIR)
        bell.bind("inproc://requests")
        threading.Thread(target=self._read, args=(requests,), daemon=True).start()
        try:
            while self._turn(bell):
                pass
        finally:
            if self.kernel:
                self._end_kernel()
            bell.close(0)

    def _read(self, requests):
        """A thread of its own: on Windows a pipe cannot be polled."""
        bell = self.context.socket(zmq.PAIR)
        bell.connect("inproc://requests")
        for line in requests:
            self.requests.append(json.loads(line))
            bell.send(b"")
        self.requests.append(None)
        bell.send(b"")
        bell.close()

    def _turn(self, bell):
        poller = zmq.Poller()
        poller.register(bell, zmq.POLLIN)
        if self.kernel:
            for socket in self.kernel.sockets.values():
                poller.register(socket, zmq.POLLIN)
        events = dict(poller.poll(POLL_MS))
        if bell in events:
            bell.recv()
            request = self.requests.popleft()
            if request is None:
                return False
            getattr(self, "do_" + request.pop("op"))(**request)
        if self.kernel:
            self._hear()
            self._look_after()
        return True

    # Requests

    def do_start(self, env, cwd):
        self.ready = self.heard = False
        self.current = self.died = None
        self.ids.clear()
        self.kernel = Kernel(self.context, env, cwd)

    def do_execute(self, id, code, silent=False, stdin=False):
        if not self.kernel:
            self.sender.send({"e": "done", "id": id, "status": "aborted", "count": None})
            return
        content = {
            "code": code,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {},
            "allow_stdin": stdin,
            "stop_on_error": True,
        }
        self.current, self.reply, self.idle = id, None, False
        self.ids[self.kernel.send("shell", "execute_request", content)] = id
        while len(self.ids) > REMEMBERED:
            self.ids.popitem(last=False)

    def do_interrupt(self):
        if self.kernel:
            self.kernel.interrupt()

    def do_input(self, text):
        if self.kernel:
            self.kernel.send("stdin", "input_reply", {"value": text})

    def do_stop(self):
        """End the kernel; another may be started then."""
        self._end_kernel()
        self.sender.send({"e": "stopped"})

    # The kernel

    def _end_kernel(self):
        if not self.kernel:
            return
        if self.current is not None:
            self.kernel.interrupt()
        self.kernel.stop()
        self._hear()
        self.kernel.close()
        self.kernel = None

    def _look_after(self):
        now = time.monotonic()
        if self.kernel.process.poll() is not None:
            self.died = self.died or now
            if now - self.died >= LAST_WORDS_SECONDS:
                end = self.kernel.end()
                self.kernel.close()
                self.kernel = None
                self.sender.send(dict(end, e="dead", started=self.ready))
        elif not self.ready and now - self.asked > ASK_AGAIN_SECONDS:
            self.asked = now
            self.kernel.send("shell", "kernel_info_request", {})

    def _hear(self):
        for channel in ("iopub", "shell", "stdin", "control"):
            while True:
                message = self.kernel.receive(channel)
                if message is None:
                    break
                self._tell(channel, message)
                if channel == "iopub" and self.requests:
                    break  # an interrupt comes before what there is still to be heard

    def _tell(self, channel, message):
        self.heard = self.heard or channel == "iopub"
        kind, content = message["header"]["msg_type"], message["content"]
        id = self.ids.get(message["parent_header"].get("msg_id"))
        if content is None:
            self.sender.send({"e": "cut", "id": id, "bytes": message["size"]})
        elif kind == "kernel_info_reply" and not self.ready:
            self._greet(content)
        else:
            tell = getattr(self, "on_" + kind, None)
            if tell:
                tell(id, content, message["size"])
        if self.current is not None and self.reply and self.idle:
            done, self.current = self.current, None
            self.sender.send(dict(self.reply, e="done", id=done))

    def _greet(self, content):
        """Ready when it answers and what it publishes arrives; until then it is asked again."""
        if self.heard:
            self.ready = True
            version = content.get("language_info", {}).get("version", "")
            self.sender.send({"e": "ready", "pid": self.kernel.process.pid, "version": version})

    # Messages of the kernel

    def on_status(self, id, content, _):
        if id is not None and id == self.current and content["execution_state"] == "idle":
            self.idle = True

    def on_execute_reply(self, id, content, _):
        if id is not None and id == self.current:
            self.reply = {"status": content["status"], "count": content.get("execution_count")}

    def on_execute_input(self, id, content, _):
        self.sender.send({"e": "began", "id": id, "count": content.get("execution_count")})

    def on_stream(self, id, content, _):
        self.sender.stream(id, content["name"], content["text"])

    def on_display_data(self, id, content, size):
        self._display(id, content, size, "display")

    def on_update_display_data(self, id, content, size):
        self._display(id, content, size, "update")

    def on_execute_result(self, id, content, size):
        self._display(id, content, size, "result", count=content.get("execution_count"))

    def _display(self, id, content, size, event, **more):
        shown = {"e": event, "id": id, "data": content["data"], "metadata": content.get("metadata", {})}
        shown["displayId"] = content.get("transient", {}).get("display_id")
        self.sender.send(dict(shown, **more), size)

    def on_clear_output(self, id, content, _):
        self.sender.send({"e": "clear", "id": id, "wait": bool(content.get("wait"))})

    def on_error(self, id, content, size):
        error = {"name": content["ename"], "value": content["evalue"], "traceback": content["traceback"]}
        self.sender.send(dict(error, e="error", id=id), size)

    def on_input_request(self, id, content, _):
        self.sender.send({"e": "input", "id": id, "prompt": content["prompt"], "password": bool(content["password"])})

"""
The process that keeps an endpoint: it holds the port, so that one server takes over from another without a connection that is
refused; starts another where one dies, whose callers wait meanwhile; and ends when nothing is to be served any more.
"""
import fcntl
import os
import select
import signal
import socket
import time
import traceback

from control import NAME, answer_one, listen
from identity import identity, is_alive
from processes import end_all, of_job
from server import LINGER, Server
from serverlog import ServerLog

# Between looks: while something changes, and while nothing does.
SHORT, LONG = 0.05, 0.5
# A server that nobody has tried to its end: who began it is gone.
FORGOTTEN = 3600
# Before the first start of another in place of one that died, and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.0, 30.0
STEADY = 60


def keep(folder, mark, ready):
    """Until nothing is to be kept. `ready` is called when it can be told what to do. None when there is a keeper already."""
    lock = open(folder.at("keeper.lock"), "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None
    # Servers of a keeper that was killed are just ending: as long as they listen, nobody else can.
    known = folder.read("keeper.json")
    end_all(lambda: servers_of(mark, known), LINGER + 2, first=signal.SIGTERM)
    return Keeper(folder, mark).run(ready)


def servers_of(mark, known):
    """Processes that are there. `known`: of keeper.json, for systems that do not show what mark a process has."""
    written = [one["process"] for one in (known or {}).get("servers", []) if one["process"]]
    return of_job(mark, None) + [one for one in written if is_alive(one)]


class Keeper:
    def __init__(self, folder, mark):
        self.folder = folder
        self.mark = mark
        self.log = ServerLog(folder.at("log"))
        self.process = identity()
        self.servers = {}
        self.live = None
        self.pause = FIRST_PAUSE
        self.again = None
        self.stopping = False
        self.idle_since = time.monotonic()

    def run(self, ready):
        control = listen(self.folder)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.write_down()
        ready()
        try:
            while not self.is_over():
                if select.select([control], [], [], self.tick())[0]:
                    answer_one(control, self.answer)
                self.look_safely()
        finally:
            for server in self.servers.values():
                server.kill()
            for name in (NAME, "keeper.json"):
                try:
                    os.unlink(self.folder.at(name))
                except OSError:
                    pass  # with its folder

    def tick(self):
        return LONG if all(server.state == "live" for server in self.servers.values()) else SHORT

    def answer(self, request):
        try:
            return getattr(self, request.pop("do"))(**request)
        except Exception as error:
            # A fault of ours is no reason to end what is served.
            traceback.print_exc()
            return {"error": "%s: %s" % (type(error).__name__, error)}

    def start(self, order, address, token):
        """
        {"id"} of the server, one that is there already and the same in all among them; {"address": why callers cannot come there};
        or {"error"}. The token is kept nowhere but here, with its server: the next version may have another one, or none.
        """
        if self.stopping:
            return {"error": "This endpoint is just being removed."}
        for server in self.servers.values():
            is_same = server.order["signature"] == order["signature"] and server.front.fits(address)
            if is_same and server.state not in ("leaving", "ended"):
                return {"id": server.order["id"]}
        try:
            front = self.front_at(address)
        except OSError as error:
            return {"address": error.strerror or str(error)}
        server = Server(self.folder, order, front, self.log, self.mark, token)
        self.servers[order["id"]] = server
        server.start()
        self.write_down()
        return {"id": order["id"]}

    def front_at(self, address):
        """The socket that callers come to. Nobody listens at it until a server has joined."""
        for server in self.servers.values():
            if server.front.fits(address):
                return server.front
        return Front(address)

    def state(self):
        live = self.servers.get(self.live)
        return {
            "live": self.live,
            "address": live.front.address() if live else None,
            "servers": [dict(one.describe(), takes=one.takes_requests()) for one in self.servers.values()],
        }

    def token(self):
        """What is to be shown to the server that answers callers."""
        live = self.servers.get(self.live)
        return {"token": live.token if live else None}

    def join(self, id):
        server = self.servers.get(id)
        if server:
            server.join()
        return self.state()

    def drop(self, id):
        if id in self.servers and id != self.live:
            self.servers[id].leave()
            self.servers[id].fault = None
        return self.state()

    def stop(self):
        self.stopping = True
        for server in self.servers.values():
            server.leave(at_once=True)
        return {"process": self.process}

    def look_safely(self):
        try:
            self.look()
        except Exception:
            # As in `answer`; where no thread can be started, for one, that may pass.
            self.log.say(traceback.format_exc())

    def look(self):
        changed = [server for server in list(self.servers.values()) if server.look()]
        for server in changed:
            if server.state == "live" and self.live != server.order["id"]:
                self.take_over(server)
        live = self.servers.get(self.live)
        if live and not self.stopping:
            self.look_after(live)
        for id, server in list(self.servers.items()):
            is_old = time.monotonic() - server.since > FORGOTTEN
            if id != self.live and is_old:
                server.leave()
            if server.state == "ended" and id != self.live and (server.fault is None or is_old or self.stopping):
                del self.servers[id]
        if changed:
            self.write_down()

    def take_over(self, server):
        self.live = server.order["id"]
        self.pause, self.again = FIRST_PAUSE, None
        for other in self.servers.values():
            if other is not server:
                other.leave()
                other.fault = None

    def look_after(self, live):
        """Another process takes the place of one that ended, with the same socket."""
        now = time.monotonic()
        if live.state == "ready":
            live.join()
        elif live.state == "live" and now - live.since > STEADY:
            self.pause = FIRST_PAUSE
        elif live.state == "ended" and self.again is None:
            self.again = now + self.pause
            self.pause = min(LONGEST_PAUSE, self.pause * 2 or 1.0)
        elif live.state == "ended" and now >= self.again:
            self.again = None
            live.start()
            self.write_down()

    def is_over(self):
        if self.is_removed():
            return True  # by hand: nothing of it is to go on
        if self.servers and not (self.stopping and all(one.state == "ended" for one in self.servers.values())):
            self.idle_since = time.monotonic()
            return False
        return self.stopping or time.monotonic() - self.idle_since > FORGOTTEN

    def is_removed(self):
        try:
            os.stat(self.folder.at("keeper.lock"))
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            pass  # its disk, which may be a network's, cannot be read just now: no reason to end what is served
        return False

    def write_down(self):
        """For whoever comes when we are dead."""
        try:
            self.folder.write("keeper.json", dict(self.state(), process=self.process))
        except OSError:
            pass  # the disk is full: it serves all the same


class Front:
    """`asked`: {"host", "port"}, where 0 is a free one."""

    def __init__(self, asked):
        self.asked = asked
        family = socket.AF_INET6 if ":" in asked["host"] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.socket.bind((asked["host"], asked["port"]))
        except BaseException:
            self.socket.close()
            raise

    def fits(self, address):
        """A name and a free port are known by what they have become, too."""
        actual = self.address()
        return all(address[part] in (self.asked[part], actual[part]) for part in ("host", "port"))

    def fileno(self):
        return self.socket.fileno()

    def address(self):
        host, port = self.socket.getsockname()[:2]
        return {"host": host, "port": port}

"""
Serves a bundle on the machine that this runs on, which a workflow of GitHub's reaches by ssh. Needs no packages, and keeps to
the folder that it lies in. `--help` says how it is called.

A bundle is unpacked, gets an environment of its packages, and is asked its sample by the app that serves it, at a free port,
while what was served before goes on. Then it takes the port over. When that fails, what was served before is started again.
"""

import argparse
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

HERE = "127.0.0.1"
LOOK_SECONDS = 0.05
WATCH_SECONDS = 0.5
START_SECONDS = 300
# What requests under way get when a version is to end.
END_SECONDS = 30
ASK_SECONDS = 60
# Versions whose files are kept, to go back to.
KEPT = 3
PIECE = 1 << 20
# Seconds until a version that died for the nth time is started again.
PAUSES = (0, 0, 1, 2, 5, 10, 30)
CALM_SECONDS = 60


class Problem(Exception):
    """For people: what is wrong, and what is served now."""


def main():
    options = parse()
    place = Place(os.path.dirname(os.path.abspath(__file__)))
    if options.action == "keep":
        return keep(place, json.loads(options.wanted))
    try:
        with place.lock():
            print(serve(place, options) if options.action == "serve" else end(place))
    except Problem as problem:
        print("::error::%s" % problem)
        return 1
    return 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = parser.add_subparsers(dest="action", required=True)
    serving = actions.add_parser("serve", help="serve this bundle in place of what is served")
    serving.add_argument("release", help="SHA-256 of incoming.zip, which lies here unless it was served before")
    serving.add_argument("--version", default="?", help="of the model, for messages")
    serving.add_argument("--host", default=HERE, help="where callers reach it")
    serving.add_argument("--port", type=int, default=8080)
    serving.add_argument("--python", help="one that has the bundle's packages (default: an environment is made)")
    serving.add_argument("--workers", type=int, default=1)
    actions.add_parser("end", help="serve nothing any more")
    keeping = actions.add_parser("keep", help="run a version, and again whenever it dies")
    keeping.add_argument("wanted", help="as JSON")
    return parser.parse_args()


class Place:
    """The folder of a deployment, and what is known in it."""

    def __init__(self, folder):
        self.folder = folder
        self.state_file = self.file("state.json")
        self.ready_file = self.file("served.ready")
        self.log = self.file("log")

    def file(self, *names):
        return os.path.join(self.folder, *names)

    def release(self, sha256):
        return self.file("releases", sha256[:16])

    def lock(self):
        """One change at a time; the other waits for its turn."""
        import fcntl

        file = open(self.file("lock"), "w")
        fcntl.flock(file, fcntl.LOCK_EX)
        return file

    def state(self):
        """{served: what is served, or null, earlier: [what was, the newest first], keeper: its process}"""
        try:
            with open(self.state_file, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return {"served": None, "earlier": []}

    def write_state(self, state):
        with open(self.state_file + ".new", "w", encoding="utf-8") as file:
            json.dump(state, file, indent=2)
        os.replace(self.state_file + ".new", self.state_file)


def serve(place, options):
    """What came of it, in a sentence. Throws Problem; then what was served before is served."""
    state = place.state()
    before = state["served"]
    served = "Version %s is served, as before." % before["version"] if before else "Nothing is served, as before."
    try:
        release = unpack(place, options.release)
        wanted = {
            "version": options.version,
            "release": options.release,
            "python": os.path.expanduser(options.python or environment(place, release)),
            "host": options.host,
            "port": options.port,
            "workers": options.workers,
        }
        check(release)
        try_out(place, wanted)
    except Problem as problem:
        raise Problem("%s %s" % (problem, served)) from None
    stop(place)
    try:
        start(place, wanted)
        ask_sample(release, HERE if wanted["host"] == "0.0.0.0" else wanted["host"], wanted["port"], token(place))
    except Problem as problem:
        stop(place)
        if before:
            start(place, before)
        raise Problem("%s %s" % (problem, served.replace(", as before", " again") if before else served)) from None
    earlier = [one for one in [before] + state["earlier"] if one and one["release"] != options.release]
    place.write_state(dict(place.state(), served=wanted, earlier=earlier[: KEPT - 1]))
    tidy(place, [wanted] + earlier[: KEPT - 1])
    return "Version %s answers at http://%s:%d." % (options.version, wanted["host"], wanted["port"])


def end(place):
    stop(place)
    place.write_state({"served": None, "earlier": []})
    return "Nothing is served any more."


def unpack(place, sha256):
    release = place.release(sha256)
    if os.path.isdir(release):
        return release
    incoming, unpacked = place.file("incoming.zip"), release + ".new"
    digest = hashlib.sha256()
    with open(incoming, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    if digest.hexdigest() != sha256:
        raise Problem("What arrived is not the bundle that was recorded: its SHA-256 is %s." % digest.hexdigest())
    os.makedirs(place.file("releases"), exist_ok=True)
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(incoming) as archive:
        archive.extractall(unpacked)
    os.rename(unpacked, release)
    os.remove(incoming)
    return release


def environment(place, release):
    """The Python of an environment of the bundle's packages; bundles with the same ones share it."""
    with open(os.path.join(release, "requirements.txt"), "rb") as file:
        key = hashlib.sha256(sys.version.encode() + file.read()).hexdigest()[:16]
    with open(os.path.join(release, "bundle.json"), encoding="utf-8") as file:
        wanted = json.load(file)["python"]
    folder = place.file("environments", key)
    python, complete = os.path.join(folder, "bin", "python"), os.path.join(folder, "complete")
    if not os.path.exists(complete):
        base = shutil.which("python" + wanted)
        if base is None:
            raise Problem("The bundle needs Python %s. Install it here, or name one as the target's `python`." % wanted)
        shutil.rmtree(folder, ignore_errors=True)
        call([base, "-m", "venv", folder])
        quiet = ["--quiet", "--disable-pip-version-check", "--requirement", os.path.join(release, "requirements.txt")]
        call([python, "-m", "pip", "install", *quiet])
        open(complete, "w").close()
    return python


def check(release):
    """It may lie here since long ago. Throws Problem when a file is not as it was."""
    try:
        own(release).check_files(release)
    except ValueError as error:
        raise Problem("The bundle in %s is damaged: %s. Remove that folder." % (release, error)) from None


def own(release):
    """The comparisons that the bundle brings along: its archive was verified."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, release)
    from modeltrail_serve import check

    return check


def call(argv):
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Problem("%s cannot be started: %s." % (argv[0], error.strerror)) from None
    said = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode != 0:
        raise Problem(said[-2000:] or "%s failed with exit code %d." % (argv[0], done.returncode))


def try_out(place, wanted):
    """By the app that will serve it, where no caller comes."""
    release, ready = place.release(wanted["release"]), place.file("trial.ready")
    remove(ready)
    shown = os.urandom(16).hex()
    argv = app(wanted, release) + ["--port", "0", "--ready-file", ready]
    with open(place.file("trial.log"), "wb") as log:
        server = subprocess.Popen(
            argv, cwd=release, env=variables(release, shown), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        until(lambda: os.path.exists(ready), lambda: server.poll() is not None, place.file("trial.log"))
        with open(ready, encoding="utf-8") as file:
            ask_sample(release, HERE, json.load(file)["port"], shown)
    finally:
        server.terminate()
        server.wait()
        remove(ready)


def start(place, wanted):
    """Its keeper's process id, when it answers. Throws Problem."""
    remove(place.ready_file)
    with open(place.log, "ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "keep", json.dumps(wanted)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    place.write_state(dict(place.state(), keeper=keeper.pid))
    until(lambda: os.path.exists(place.ready_file), lambda: keeper.poll() is not None, place.log)
    return keeper.pid


def keep(place, wanted):
    """Ends with the app when it is told to, and when the app dies before it was ready."""
    release = place.release(wanted["release"])
    argv = app(wanted, release) + ["--host", wanted["host"], "--port", str(wanted["port"])]
    servers, told = [], []

    def finish(*_):
        told.append(True)
        for server in servers:
            server.terminate()

    signal.signal(signal.SIGTERM, finish)
    deaths, was_ready = 0, False
    while not told:
        began = time.monotonic()
        server = subprocess.Popen(
            argv + ["--ready-file", place.ready_file], cwd=release, env=variables(release, token(place))
        )
        servers[:] = [server]
        while server.poll() is None:
            # It takes the file away when it ends in order.
            was_ready = was_ready or os.path.exists(place.ready_file)
            time.sleep(WATCH_SECONDS)
        # It may have been so between two looks; one that was killed leaves the file.
        was_ready = was_ready or os.path.exists(place.ready_file)
        if told or not was_ready:
            return 0 if told else 1
        deaths = 0 if time.monotonic() - began > CALM_SECONDS else deaths + 1
        print("Version %s ended with %s and is started again." % (wanted["version"], server.returncode), flush=True)
        time.sleep(PAUSES[min(deaths, len(PAUSES) - 1)])


def stop(place):
    """Resolves when nothing of it runs."""
    pid = place.state().get("keeper")
    if pid is None or not is_ours(pid):
        return
    os.killpg(pid, signal.SIGTERM)
    give_up = time.monotonic() + END_SECONDS
    while is_ours(pid):
        if time.monotonic() > give_up:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(LOOK_SECONDS)


def is_ours(pid):
    """Its number may be another's by now."""
    found = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], stdout=subprocess.PIPE)
    return os.path.abspath(__file__).encode() in found.stdout


def app(wanted, release):
    own = ["--bundle", release, "--workers", str(wanted["workers"])]
    return [wanted["python"], "-B", "-m", "modeltrail_serve"] + own


def variables(release, shown):
    """`shown`: what callers have to show; None: nothing."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "MODELTRAIL_SERVE_TOKEN")}
    more = {"PYTHONPATH": release, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return dict(kept, **more, **({} if shown is None else {"MODELTRAIL_SERVE_TOKEN": shown}))


def token(place):
    try:
        with open(place.file("token"), encoding="utf-8") as file:
            return file.read().strip() or None
    except FileNotFoundError:
        return None


def until(is_so, is_over, log):
    """Throws Problem with the last lines of the log when it never comes to that."""
    give_up = time.monotonic() + START_SECONDS
    while not is_so():
        over = is_over()
        if over or time.monotonic() > give_up:
            with open(log, "rb") as file:
                last = file.read()[-2000:].decode("utf-8", "replace").strip().splitlines()[-8:]
            raise Problem("It %s. It printed last:\n%s\n" % ("ended" if over else "does not answer", "\n".join(last)))
        time.sleep(LOOK_SECONDS)


def ask_sample(release, host, port, shown):
    """Throws Problem when it does not answer as it did when it was made."""
    compare = own(release)
    sample = compare.read_manifest(release).read_sample()
    request = None if sample is None else json.dumps(sample[0])
    headers = {"content-type": "application/json"}
    if shown is not None:
        headers["authorization"] = "Bearer " + shown
    connection = http.client.HTTPConnection(host, port, timeout=ASK_SECONDS)
    try:
        method, path = ("GET", "/ping") if request is None else ("POST", "/invocations")
        connection.request(method, path, request, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise Problem("It did not answer: %s." % error) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise Problem("It answered the sample with %d: %s" % (answer.status, text[:500]))
    if sample is not None:
        found = json.loads(text)
        problem = compare.missing(found) if sample[1] is None else compare.difference(sample[1], found)
        if problem is not None:
            raise Problem("It answered the sample wrongly: %s." % problem)


def tidy(place, kept):
    names = {os.path.basename(place.release(one["release"])) for one in kept}
    for name in os.listdir(place.file("releases")):
        if name not in names:
            shutil.rmtree(place.file("releases", name), ignore_errors=True)
    used = {one["python"] for one in kept}
    environments = place.file("environments")
    for name in os.listdir(environments) if os.path.isdir(environments) else []:
        if not any(python.startswith(os.path.join(environments, name) + os.sep) for python in used):
            shutil.rmtree(os.path.join(environments, name), ignore_errors=True)


def remove(file):
    if os.path.exists(file):
        os.remove(file)


if __name__ == "__main__":
    sys.exit(main())

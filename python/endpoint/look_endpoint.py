"""
    endpoint.py look FOLDER      {"activate" (null: not to be looked at), "names": [of packages], "address": {"host", "port"}}

What would keep a model from being served here; without effect. Answers {"python": version of the Python that would serve, null when
there is none, "why", "packages": {name: version, of those that are there}, "address": null, or why callers cannot come there, "exists":
whether anything of the endpoint is here}.
"""
import json
import os
import subprocess

from activation import NotThere, activate, program_of
from answer import answer
from control import Silent, ask
from keeper import Front
from request import read_request

ASK = """
import json, sys
from importlib import metadata
found = {}
for name in json.load(sys.stdin):
    try:
        found[name] = metadata.version(name)
    except Exception:
        pass
print(json.dumps(["%d.%d.%d" % sys.version_info[:3], found]))
"""
SECONDS = 30


def main(folder):
    request = read_request()
    found = ask_python(request, folder)
    answer(dict(found, address=why_not(folder, request["address"]), exists=folder.exists("bundles")))
    return 0


def ask_python(request, folder):
    if request["activate"] is None:
        return {"python": None, "why": None, "packages": {}}
    try:
        environment = activate(request["activate"], dict(os.environ))
        program = program_of({"command": ["python"], "activate": request["activate"]}, environment, folder)
        done = subprocess.run(
            [program, "-c", ASK],
            input=json.dumps(request["names"]).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            timeout=SECONDS,
        )
        if done.returncode != 0:
            return {"python": None, "why": done.stderr.decode("utf-8", "replace")[-500:], "packages": {}}
        version, packages = json.loads(done.stdout.decode().splitlines()[-1])
        return {"python": version, "why": None, "packages": packages}
    except (OSError, NotThere, subprocess.TimeoutExpired) as error:
        return {"python": None, "why": str(error), "packages": {}}


def why_not(folder, address):
    try:
        own = ask(folder, do="state")["address"] if folder.exists("control") else None
        if own == address:
            return None
        if own and own["port"] == address["port"]:
            return "this deployment itself has the port, at %s, and can only move to another" % own["host"]
    except Silent:
        pass
    try:
        Front(address).socket.close()
        return None
    except OSError as error:
        return error.strerror or str(error)

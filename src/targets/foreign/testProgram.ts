/** For tests: a program that runs jobs by the protocol for others, on top of the tests' spooler. */
export const PROGRAM = `
import json, subprocess, sys
request = json.loads(sys.stdin.readline())
settings = request["target"]["settings"]
def spooler(*words, **more):
    return subprocess.run([sys.executable, settings["spooler"], settings["home"], *words], stdout=subprocess.PIPE, **more)
def answer(result):
    print("something else on a line of its own"); print(json.dumps({"result": result}))
method = request["method"]
assert request["version"] == 1
if settings.get("broken"):
    print(json.dumps({"error": {"message": settings["broken"], "retry": settings.get("retry", False)}}))
elif method == "check":
    answer([{"severity": "warning", "message": "it is slow today"}])
elif method == "submit":
    said = spooler("submit", *request["job"]["command"]).stdout.decode()
    answer({"handle": {"number": said.split()[1]}})
elif method == "log":
    subprocess.run([sys.executable, settings["spooler"], settings["home"], "log", request["handle"]["number"]])
else:
    said = spooler(method, request["handle"]["number"]).stdout.decode().strip()
    states = {"RUNNING": {"state": "running"}, "DONE": {"state": "ended", "exitCode": 0},
              "CANCELLED": {"state": "ended", "signal": "SIGTERM"}, "unknown job": {"state": "gone"}}
    answer(states.get(said, {"state": "ended", "exitCode": 1}) if method == "status" else None)
`;

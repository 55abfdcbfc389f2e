/** For tests: a program that runs commands apart and tells of them by number, as batch spoolers do. */
export const SPOOLER = `
import os, signal, subprocess, sys, time
home, action, *rest = sys.argv[1:]
os.makedirs(home, exist_ok=True)
at = lambda name: os.path.join(home, name)

def status():
    if not os.path.exists(at(rest[0] + ".log")): return "unknown job"
    if os.path.exists(at(rest[0] + ".end")): return open(at(rest[0] + ".end")).read()
    return "RUNNING"

if action == "submit":
    number = str(100 + len([name for name in os.listdir(home) if name.endswith(".log")]))
    run = "import os,subprocess,sys\\nc=subprocess.run(sys.argv[2:]).returncode\\n" \\
          "open(sys.argv[1]+'.part','w').write('DONE' if c==0 else 'FAILED %d' % c)\\nos.rename(sys.argv[1]+'.part',sys.argv[1])"
    with open(at(number + ".log"), "wb") as log:
        child = subprocess.Popen([sys.executable, "-c", run, at(number + ".end"), *rest], stdout=log, stderr=log,
                                 stdin=subprocess.DEVNULL, start_new_session=True)
    open(at(number + ".pid"), "w").write(str(child.pid))
    print("job", number, "queued")
elif action == "status":
    print(status())
elif action == "log":
    with open(at(rest[0] + ".log"), "rb") as log:
        while True:
            over = status() != "RUNNING"
            sys.stdout.buffer.write(log.read()); sys.stdout.flush()
            if over: break
            time.sleep(0.05)
elif action == "cancel":
    try: os.killpg(int(open(at(rest[0] + ".pid")).read()), signal.SIGTERM)
    except OSError: pass
    open(at(rest[0] + ".end"), "w").write("CANCELLED")
elif action == "clean":
    # What runs a job notes its end a little after the job's own last word.
    for _ in range(500):
        if status() != "RUNNING": break
        time.sleep(0.01)
    for name in os.listdir(home):
        if name.startswith(rest[0] + "."): os.remove(at(name))
`;

/** Settings of a target that is this spooler, at `program`, with its files in `home`. */
export function spoolerSettings(python: string, program: string, home: string) {
  const words = (...more: string[]) => [python, program, home, ...more];
  return {
    kind: "command" as const,
    submit: words("submit", "{command...}"),
    id: "^job (\\d+) queued$",
    status: words("status", "{job}"),
    states: {
      running: "^RUNNING$",
      finished: "^DONE$",
      failed: "^FAILED",
      killed: "^CANCELLED$",
      gone: "^unknown job$",
    },
    log: words("log", "{job}"),
    cancel: words("cancel", "{job}"),
    clean: words("clean", "{job}"),
    python,
  };
}

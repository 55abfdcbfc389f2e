/** Programs whose output, error output and end must be the same with and without the tracer. */

export interface IdentityCase {
  name: string;
  files: Record<string, string>;
  argv: string[];
  env?: Record<string, string>;
  stdin?: string;
  /** Not on Windows. */
  posix?: boolean;
}

const main = (name: string, source: string, more: Partial<IdentityCase> = {}): IdentityCase => ({
  name,
  files: { "main.py": source },
  argv: ["main.py"],
  ...more,
});

/** Everything of the interpreter that a program can look at and that a tracer might have touched. */
const interpreterState = `
import sys, os
print(sys.argv, sys.flags, sys.dont_write_bytecode)
print(sys.path, sys.path_hooks, sys.meta_path, sorted(sys.path_importer_cache))
print([name for name in sys.modules if name != "atexit"], sys.modules.get("sitecustomize"))
print(sorted(name for name in os.environ if not name.startswith("MODELTRAIL_") and name != "PYTHONPATH"))
print(sys.gettrace(), sys.getprofile(), sys.excepthook, sys.displayhook, sys.unraisablehook, sys.getrecursionlimit())
print(open, os.open, __import__, sys.stdout, sys.stderr, os.listdir("/proc/self/fd") if 0 else "")
print(open(__file__).fileno(), os.getcwd(), globals().keys())
import warnings, signal, threading, random, inspect, pickle, gc
print(warnings.filters, signal.getsignal(signal.SIGINT), threading.enumerate(), gc.isenabled(), gc.get_threshold())
random.seed(3); print(random.random())
import argparse
print(inspect.signature(argparse.ArgumentParser.parse_known_args), inspect.getsource(argparse)[:80], argparse.__spec__)
print(argparse.__loader__, argparse.ArgumentParser.parse_known_args.__qualname__, argparse.__all__)
parser = argparse.ArgumentParser(); parser.add_argument("--x", type=int, default=3)
print(parser.parse_args([]), pickle.loads(pickle.dumps(parser.parse_args(["--x", "4"]))))
`;

const family = (method: string) => `
import multiprocessing, os, sys
def work(n):
    with open("part%d.txt" % n, "w") as file:
        file.write("x" * n)
    return n * n
def fail():
    sys.exit("worker gives up")
if __name__ == "__main__":
    context = multiprocessing.get_context("${method}")
    with context.Pool(2) as pool:
        print(pool.map(work, range(8)))
    process = context.Process(target=fail)
    process.start()
    process.join()
    print(process.exitcode)
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        print(list(pool.map(work, range(4))))
`;

export const identityCases: IdentityCase[] = [
  main("state of the interpreter", interpreterState),
  main("text", "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.buffer.write(b'\\xff\\x00\\n')"),
  main("exception", "import json\ndef f(x):\n    return json.loads(x)\nf('nothing')"),
  main("missing file", "open('no such file')"),
  main("missing module", "import no_such_module"),
  main("syntax error", "def f(:\n  pass"),
  main("exit with a message", "import sys\nsys.exit('no data')"),
  main("exit with a number", "raise SystemExit(41)"),
  main("os._exit", "import os\nprint('lost', flush=True)\nos._exit(7)"),
  main("end by a signal", "import os, signal\nprint('before', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)", {
    posix: true,
  }),
  main(
    "argparse help, error and an exception in a type",
    `
import argparse, sys, traceback
def number(text):
    raise RuntimeError("not " + text)
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=number)
parser.add_argument("--m", type=int, help="a number")
sub = parser.add_subparsers(dest="what").add_parser("go")
for argv in (["--help"], ["--m", "x"], ["--unknown"], ["go", "--unknown"]):
    try:
        parser.parse_args(argv)
    except SystemExit as end:
        print(end.code)
print(parser.parse_known_args(["go", "--other"]))
parser.parse_args(["--n", "5"])
`,
  ),
  main(
    "recursion up to the limit",
    `
def deep(n):
    try:
        with open(__file__) as file:
            file.read(1)
        return deep(n + 1)
    except RecursionError:
        return n > 100
print(deep(0))
`,
  ),
  main(
    "exceptions of signal handlers",
    `
import os, signal, sys
class Late(Exception):
    pass
def late(*_):
    raise Late
signal.signal(signal.SIGALRM, late)
caught = 0
for delay in range(1, 301):
    try:
        signal.setitimer(signal.ITIMER_REAL, delay / 100000)
        while True:
            open("f%d" % delay, "w").close()
            os.rename("f%d" % delay, "g")
    except Late:
        caught += 1
print(caught)
signal.signal(signal.SIGALRM, lambda *_: sys.exit("stopped"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
while True:
    open("h", "w").close()
`,
    { posix: true },
  ),
  main(
    "a daemon that closes every descriptor",
    `
import os
os.closerange(3, 1000)
kept = [os.open("mine%d.txt" % n, os.O_RDWR | os.O_CREAT) for n in range(300)]
print(kept)
for n in range(50):
    open("other%d.txt" % n, "w").close()
print([os.fstat(number).st_size for number in kept if os.fstat(number).st_size])
`,
    { posix: true },
  ),
  main(
    "fork",
    `
import os, sys
for n in range(3):
    pid = os.fork()
    if pid == 0:
        open("child%d.txt" % n, "w").write("x")
        print("child", n, flush=True)
        if n == 0:
            sys.exit(5)
        if n == 1:
            os._exit(6)
        raise ValueError("child 2")
    print(os.waitpid(pid, 0)[1], flush=True)
`,
    { posix: true },
  ),
  main(
    "exec",
    "import os, sys\nprint('first', flush=True)\nos.execv(sys.executable, [sys.executable, '-c', 'print(2)'])",
    { posix: true },
  ),
  main("multiprocessing fork", family("fork"), { posix: true }),
  main("multiprocessing spawn", family("spawn")),
  main("multiprocessing forkserver", family("forkserver"), { posix: true }),
  main(
    "subprocesses",
    `
import subprocess, sys, os
print(subprocess.run([sys.executable, "-c", "import sys; print(sys.path[1:]); sys.exit(3)"], stdout=-1))
print(subprocess.run([sys.executable, "-I", "-c", "import sys; print(sys.flags.isolated)"], stdout=-1))
print(subprocess.run("echo hello | tr a-z A-Z", shell=True, stdout=-1).stdout)
print(os.system("exit 4"))
try:
    subprocess.run(["no such program"])
except FileNotFoundError as error:
    print(error)
`,
    { posix: true },
  ),
  main(
    "work while the interpreter shuts down",
    `
import atexit, sys
class Last:
    def __del__(self):
        try:
            open(__file__).close()
            print("read at the end")
        except NameError:
            print("too late")
keep = Last()
sys.keep = Last()
atexit.register(lambda: print("bye", open("late.txt", "w").name))
`,
  ),
  main(
    "a trace function, as of coverage or a debugger",
    `
import sys, argparse
files = set()
def trace(frame, event, argument):
    files.add(frame.f_code.co_filename)
    return trace
parser = argparse.ArgumentParser()
parser.add_argument("--x")
sys.settrace(trace)
parser.parse_args([])
open("a.txt", "w").close()
import xml.dom
sys.settrace(None)
print(sorted(name for name in files if not name.startswith("<")))
`,
  ),
  main(
    "the user's own audit hook",
    `
import sys
sys.addaudithook(lambda event, args: print(event, args[:1]) if event == "open" and str(args[0]).endswith(".txt") else None)
open("a.txt", "w").close()
def refuse(event, args):
    if event == "open" and args[0] == "b.txt":
        raise PermissionError("not allowed")
sys.addaudithook(refuse)
open("b.txt", "w")
`,
  ),
  {
    name: "module with -m",
    files: { "pkg/__init__.py": "", "pkg/__main__.py": "import sys; print(sys.argv)" },
    argv: ["-m", "pkg", "a"],
  },
  { name: "command with -c", files: {}, argv: ["-c", "import sys; print(sys.argv, sys.path[0])", "b"] },
  { name: "script on standard input", files: {}, argv: ["-", "c"], stdin: "import sys; print(sys.argv); 1/0" },
  {
    name: "standard input of a script",
    files: { "main.py": "print(input()[::-1])" },
    argv: ["main.py"],
    stdin: "abc\n",
  },
  { name: "folder with __main__", files: { "app/__main__.py": "print(__file__, __spec__)" }, argv: ["app"] },
  {
    name: "no bytecode",
    files: { "main.py": "import helper, os; print(os.listdir('.'))", "helper.py": "" },
    argv: ["-B", "main.py"],
  },
  { name: "warnings as errors", files: { "main.py": "import argparse; print(1)" }, argv: ["-W", "error", "main.py"] },
  { name: "development mode", files: { "main.py": "open(__file__).read(); print(1)" }, argv: ["-X", "dev", "main.py"] },
  // Without site nobody takes our folder off the path; it holds nothing that could be imported by mistake.
  { name: "option -S", files: { "main.py": "import sys; print(sys.flags)" }, argv: ["-S", "main.py"] },
  ...["-I", "-E", "-s", "-O", "-OO", "-q"].map((option) => ({
    name: `option ${option}`,
    files: { "main.py": "import sys; print(sys.flags, sys.path)" },
    argv: [option, "main.py"],
  })),
];

const probe = { "main.py": "import sys, os; print(sys.modules.get('sitecustomize'), sys.path, sys.argv)" };

/** Other `sitecustomize` modules than ours, which Python must treat as if ours were not there. */
export const chainCases: IdentityCase[] = [
  {
    name: "an own PYTHONPATH",
    files: { ...probe, "lib/helper.py": "" },
    argv: ["main.py"],
    env: { PYTHONPATH: "lib" },
  },
  {
    name: "an own sitecustomize",
    files: { ...probe, "lib/sitecustomize.py": "import sys; print('mine', __name__, __file__, sys.path); marker = 1" },
    argv: ["main.py"],
    env: { PYTHONPATH: "lib" },
  },
  {
    name: "a sitecustomize package",
    files: {
      ...probe,
      "lib/sitecustomize/__init__.py": "from . import part",
      "lib/sitecustomize/part.py": "print('part')",
    },
    argv: ["main.py"],
    env: { PYTHONPATH: "lib" },
  },
  ...[
    "raise RuntimeError('broken')",
    "import no_such_module",
    "raise ImportError('odd', name='sitecustomize')",
    "import sys; sys.modules['sitecustomize'] = 5",
    "import sys; del sys.modules['sitecustomize']",
    "import argparse; argparse.ArgumentParser.marker = 1; open('x.txt', 'w').close()",
  ].map((source) => ({
    name: `a sitecustomize that does: ${source}`,
    files: { ...probe, "lib/sitecustomize.py": source },
    argv: ["main.py"],
    env: { PYTHONPATH: "lib" },
  })),
  {
    name: "a usercustomize",
    files: { ...probe, "lib/usercustomize.py": "import sys; print('user', sys.path, 'sitecustomize' in sys.modules)" },
    argv: ["main.py"],
    env: { PYTHONPATH: "lib" },
  },
];

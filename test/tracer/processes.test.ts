/** Several processes, threads and bad moments: each process has a spool of its own, and every line stays whole. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { parseSpoolLine } from "../../src/ingest/spoolEvent";
import { findPythons, type Python, runTraced, Scratch } from "./python";

const scratch = new Scratch();
afterAll(() => scratch.remove());
beforeEach(() => scratch.clear());

async function trace(python: Python, source: string, env: Record<string, string> = {}) {
  const cwd = scratch.write({ "main.py": source });
  const result = await runTraced(python, ["main.py"], scratch.spool, { cwd, env });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  return result;
}

/** Files of the project that were opened. (Python itself tries out the folder for temporary files.) */
const names = () =>
  scratch.events("open").flatMap(({ path }) => (dirname(path) === scratch.project ? [basename(path)] : []));

describe.each(findPythons())("Python $version", (python) => {
  test("the start and end of a process", async () => {
    const ranks = { RANK: "3", LOCAL_RANK: "1", WORLD_SIZE: "8" };
    const { stdout } = await trace(python, "import os, sys; print(os.getpid(), os.getppid(), sys.executable)", ranks);
    const [pid, parent, executable] = stdout.trim().split(" ");
    const [events] = scratch.processes();
    expect(events?.[0]).toMatchObject({
      e: "start",
      pid: Number(pid),
      ppid: Number(parent),
      executable,
      version: python.version,
      implementation: "cpython",
      cwd: scratch.project,
      rank: ranks,
    });
    expect(events?.[0]).toHaveProperty("argv", [python.executable, "main.py"]);
    expect(events?.at(-1)?.e).toBe("close");
    expect(Math.abs(events![0]!.t - Date.now())).toBeLessThan(600_000);
    expect(readdirSync(scratch.spool)[0]).toMatch(new RegExp(`^${pid}-\\d+\\.jsonl$`));
  });

  test("a forked child has its own spool, and tells only what is new", async () => {
    await trace(
      python,
      `
import os
open("both.txt", "w").close()
pid = os.fork()
if pid == 0:
    open("both.txt", "w").close()
    open("child.txt", "w").close()
    grandchild = os.fork()
    if grandchild == 0:
        open("grandchild.txt", "w").close()
    else:
        os.waitpid(grandchild, 0)
    os._exit(0)
os.waitpid(pid, 0)
if os.fork() == 0:
    os._exit(0)
os.wait()
open("parent.txt", "w").close()
`,
    );
    const processes = scratch.processes();
    expect(
      processes.map((events) => events.map((event) => (event.e === "open" ? basename(event.path) : event.e))),
    ).toEqual(
      expect.arrayContaining([
        ["start", "module", "both.txt", "parent.txt", "close"],
        ["start", "child.txt"],
        ["start", "grandchild.txt"],
      ]),
    );
    expect(processes).toHaveLength(3);
    expect(scratch.events("start").filter((event) => event.fork)).toHaveLength(2);
  });

  test.each(["fork", "spawn", "forkserver"])("workers of multiprocessing: %s", async (method) => {
    await trace(
      python,
      `
import multiprocessing
def work(n):
    open("worker%d.txt" % n, "w").close()
if __name__ == "__main__":
    context = multiprocessing.get_context("${method}")
    with context.Pool(2) as pool:
        pool.map(work, range(6))
        pool.close()
        pool.join()
`,
    );
    expect(new Set(names())).toEqual(new Set([0, 1, 2, 3, 4, 5].map((n) => `worker${n}.txt`)));
  });

  test("threads that open files while the process forks", async () => {
    const { stdout } = await trace(
      python,
      `
import os, threading, sys
failed = []
def work(n):
    try:
        for k in range(10):
            open("t%d-%d.txt" % (n, k), "w").close()
    except BaseException as error:
        failed.append(error)
threads = [threading.Thread(target=work, args=(n,)) for n in range(200)]
children = []
for n, thread in enumerate(threads):
    thread.start()
    if n % 10 == 0:
        pid = os.fork()
        if pid == 0:
            more = [threading.Thread(target=work, args=(1000 + n + k,)) for k in range(3)]
            for other in more: other.start()
            for other in more: other.join()
            os._exit(len(failed))
        children.append(pid)
for thread in threads:
    thread.join()
print(failed, [os.waitpid(pid, 0)[1] for pid in children])
`,
      { PYTHONWARNINGS: "ignore" }, // Python 3.12 warns of forking with threads
    );
    expect(stdout).toBe(`[] [${Array(20).fill(0).join(", ")}]\n`);
    const told = new Set(names());
    const expected = Array.from({ length: 200 }, (_, n) =>
      Array.from({ length: 10 }, (_, k) => `t${n}-${k}.txt`),
    ).flat();
    expect(expected.filter((name) => !told.has(name))).toEqual([]);
    const ofChildren = [...told].filter((name) => /^t1\d\d\d-/.test(name));
    expect(ofChildren).toHaveLength(20 * 3 * 10);
  });

  test("a process that is killed, or ends without clean-up, loses no line", async () => {
    for (const end of ["os.kill(os.getpid(), 9)", "os._exit(1)", "os.execv('/bin/true', ['true'])"]) {
      scratch.clear();
      const cwd = scratch.write({ "main.py": `import os\nopen("last.txt", "w").close()\n${end}` });
      await runTraced(python, ["main.py"], scratch.spool, { cwd });
      expect(names()).toEqual(["last.txt"]);
      expect(scratch.events("close")).toEqual([]);
    }
  });

  test("a full disk leaves at most one torn line, the last", async () => {
    await trace(
      python,
      `
import os, resource
size = sum(os.stat(os.path.join(os.environ["MODELTRAIL_SPOOL"], name)).st_size for name in os.listdir(os.environ["MODELTRAIL_SPOOL"]))
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1000, resource.RLIM_INFINITY))
for n in range(50):
    open("f%d.txt" % n, "w").close()
`,
    );
    const [name] = readdirSync(scratch.spool);
    const lines = readFileSync(join(scratch.spool, name!), "latin1").split("\n");
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.slice(0, -1).map(parseSpoolLine)).not.toContain("damaged");
    expect(lines.at(-1)).not.toBe("");
  });

  test("programs that are not Python, and Python that is not traced", async () => {
    await trace(
      python,
      `
import os, subprocess, sys, pathlib
quiet = dict(stdout=subprocess.DEVNULL)
for _ in range(2):
    subprocess.run(["ls", "--color=never"], **quiet)
subprocess.run("API_KEY=1 cat /dev/null | sort", shell=True, **quiet)
subprocess.run([pathlib.Path("/bin/true")])
subprocess.run("true")
os.system("date > /dev/null")
os.posix_spawn("/bin/echo", ["echo"], os.environ, file_actions=[(os.POSIX_SPAWN_CLOSE, 1), (os.POSIX_SPAWN_CLOSE, 2)])
os.wait()
subprocess.run([sys.executable, "-c", "pass"])
subprocess.run([sys.executable, "-c", "pass", "-I"])
if os.fork() == 0:
    os.execvp("uname", ["uname"])
os.wait()
try:
    subprocess.run(["no-such-program"])
except OSError:
    pass
`,
    );
    const told = scratch.events("spawn").map(({ argv0 }) => argv0);
    const ofChild = told.filter((program) => program.endsWith("/uname"));
    expect(ofChild).toHaveLength(1);
    expect(told.filter((program) => !ofChild.includes(program))).toEqual([
      "ls",
      "cat",
      "/bin/true",
      "true",
      "date",
      "/bin/echo",
    ]);
    expect(scratch.events("start")).toHaveLength(4);

    scratch.clear();
    await trace(
      python,
      `
import os, subprocess, sys
subprocess.run([sys.executable, "-Ic", "pass"])
subprocess.run([sys.executable, "-c", "pass"], env={"PATH": os.environ["PATH"]})
`,
    );
    expect(scratch.events("spawn").map(({ argv0 }) => argv0)).toEqual([python.executable]);
    expect(scratch.events("start")).toHaveLength(1);
  });

  test("imports: each package once, nothing of the standard library", async () => {
    scratch.write({ "lib/site-packages/numpyish/core.py": "", "lib/site-packages/single.py": "" });
    await trace(
      python,
      `
import sys
sys.path.append("lib/site-packages")
import json, _json, sqlite3, numpyish.core, email.mime, single, array, xml.etree.ElementTree as tree, unicodedata
from numpyish import core
try:
    import absent
except ImportError:
    pass
`,
    );
    const told = scratch.events("import").map(({ name }) => name);
    // An import is told when it is tried. The standard library itself tries modules of Windows and of Jython.
    const tried = ["msvcrt", "winreg", "org"];
    expect(told.filter((name) => !tried.includes(name))).toEqual(["numpyish", "single", "absent"]);
  });

  test("ten thousand opens (printed, not judged)", async () => {
    const source = `
import os, time
os.makedirs("many")
names = [os.path.join(os.getcwd(), "many", str(n)) for n in range(10000)]
for name in names: os.close(os.open(name, os.O_WRONLY | os.O_CREAT))
def opens():
    begin = time.perf_counter()
    for name in names: open(name).close()
    return 1000 * (time.perf_counter() - begin)
print("first %.0f ms, again %.0f ms" % (opens(), min(opens() for _ in range(3))))
`;
    const { stdout } = await trace(python, source);
    console.log(`Python ${python.version}: 10,000 opens ${stdout.trim()}`);
    expect(scratch.events("dir").at(-1)).toMatchObject({ mode: "r", count: 8000 });
  });
});

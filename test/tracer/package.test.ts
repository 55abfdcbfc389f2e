/** `import modeltrail` in Python: inside a recorded run with nothing installed, and without us. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type ApiEvent, parseApiLine } from "../../src/ingest/apiEvent";
import { parseSpoolLine } from "../../src/ingest/spoolEvent";
import { findPythons, type Python, runBare, runTraced, Scratch, tracerFolder } from "./python";

const scratch = new Scratch();
afterAll(() => scratch.remove());
beforeEach(() => scratch.clear());
const packageFolder = dirname(tracerFolder);

function linesOf(file: string): ApiEvent[] {
  const lines = readFileSync(file, "latin1").split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => {
    const event = parseApiLine(line);
    if (typeof event === "string") throw new Error(`${event}: ${line}`);
    return event;
  });
}

/** What was logged into the run, process by process. */
const logged = () =>
  readdirSync(join(scratch.spool, "api")).map((name) => linesOf(join(scratch.spool, "api", name)).slice(1));

function trace(python: Python, source: string, files: Record<string, string> = {}) {
  const cwd = scratch.write({ ...files, "main.py": source });
  return runTraced(python, ["main.py"], scratch.spool, { cwd });
}

async function traceWell(python: Python, source: string) {
  const result = await trace(python, source);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  return result;
}

const values = (events: ApiEvent[]) =>
  events.flatMap((event) => (event.e === "log" ? [[event.step, event.values]] : []));

describe.each(findPythons())("Python $version", (python) => {
  test("metrics of any kind of number, with and without steps", async () => {
    await traceWell(
      python,
      `
import modeltrail
from decimal import Decimal
from fractions import Fraction
class Tensor:
    shape = ()
    def __float__(self): return 0.1 + 0.2
modeltrail.log(loss=0.1, step=3)
modeltrail.log(loss=5e-324)
modeltrail.log({"val": {"loss": float("nan"), "acc": True}}, big=float("inf"))
modeltrail.log(a=Tensor(), b=Decimal("1.5"), c=Fraction(1, 4), d=10**400, step=-1.5)
modeltrail.log()
`,
    );
    expect(logged().map(values)).toEqual([
      [
        [3, { loss: 0.1 }],
        [4, { loss: 5e-324 }],
        [0, { "val/loss": Number.NaN, "val/acc": 1, big: Number.POSITIVE_INFINITY }],
        [-1.5, { a: 0.1 + 0.2, b: 1.5, c: 0.25, d: Number.POSITIVE_INFINITY }],
      ],
    ]);
  });

  test.each([
    ['modeltrail.log(loss="0.1")', "modeltrail.log: loss must be a number, not str"],
    ["modeltrail.log(loss=None)", "modeltrail.log: loss must be a number, not NoneType"],
    ["modeltrail.log(0.1)", "modeltrail.log: expected a dictionary or name=value, not float"],
    ["modeltrail.log(loss=1, step='3')", "modeltrail.log: step must be a number, not str"],
    ["modeltrail.log(loss=1, step=float('inf'))", "modeltrail.log: step must be a finite number, not inf"],
    ["modeltrail.log({'': 1})", "modeltrail.log: a name must be a text that is not empty, not ''"],
    ["modeltrail.set_tag(3, 'x')", "modeltrail.set_tag: the key must be a text that is not empty, not 3"],
    ["modeltrail.log_artifact(3.5)", "modeltrail.log_artifact: expected a path, not float"],
  ])("%s raises TypeError", async (call, message) => {
    const { stderr, code } = await trace(python, `import modeltrail\n${call}`);
    expect({ code, last: stderr.trimEnd().split("\n").at(-1) }).toEqual({ code: 1, last: `TypeError: ${message}` });
  });

  test("params, tags and artifacts", async () => {
    await traceWell(
      python,
      `
import modeltrail, os
os.makedirs("out/deep")
for name in ("out/a.txt", "out/deep/b.txt"):
    open(name, "w").close()
modeltrail.log_params({"optimizer": {"name": "adam", "api_key": "s3cret"}}, lr=0.1)
modeltrail.set_tag("model", "big")
modeltrail.set_tag("model", None)
modeltrail.log_artifact("out", name="results")
`,
    );
    const file = { e: "artifact", size: 0 };
    expect(logged()[0]).toMatchObject([
      { e: "params", values: { "optimizer.name": "adam", "optimizer.api_key": "***", lr: "0.1" } },
      { e: "tag", key: "model", value: "big" },
      { e: "tag", key: "model", value: null },
      { ...file, path: join(scratch.project, "out/a.txt"), name: "results/a.txt" },
      { ...file, path: join(scratch.project, "out/deep/b.txt"), name: "results/deep/b.txt" },
    ]);
  });

  test("no line is longer than is read at once, however much is logged", async () => {
    await traceWell(
      python,
      `
import modeltrail
modeltrail.log({"m%d" % i: i for i in range(1000)}, step=1)
modeltrail.log_params({"p%d" % i: chr(0x1F600) * 20_000 for i in range(30)})
modeltrail.log_params({"n" * 100_000: 1})
`,
    );
    const [name] = readdirSync(join(scratch.spool, "api"));
    const lines = readFileSync(join(scratch.spool, "api", name!), "latin1").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(256 << 10);
    const all = logged().flat();
    expect(Object.assign({}, ...values(all).map(([, found]) => found))).toHaveProperty("m999", 999);
    const params = all.flatMap((event) => (event.e === "params" ? Object.entries(event.values) : []));
    expect(params).toHaveLength(31);
    const text = params[0]?.[1] ?? "";
    expect(text === "\u{1f600}".repeat(10_000)).toBe(true);
  });

  test("threads, forked children and signal handlers: no line is torn or lost", async () => {
    await traceWell(
      python,
      `
import modeltrail, os, signal, threading, warnings
warnings.simplefilter("ignore")  # a fork with threads is what is tried here
def work():
    for step in range(200):
        modeltrail.log({"m%d" % i: i for i in range(50)}, step=step)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
child = os.fork()
if child == 0:
    modeltrail.log(child=1)
    os._exit(0)
os.waitpid(child, 0)
signal.signal(signal.SIGALRM, lambda *_: modeltrail.log(alarm=1))
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
for _ in range(500): modeltrail.log(main=1)
signal.setitimer(signal.ITIMER_REAL, 0)
for thread in threads: thread.join()
`,
    );
    const [parent, child] = logged().sort((one, other) => other.length - one.length);
    expect(values(child!)).toEqual([[0, { child: 1 }]]);
    const steps = values(parent!);
    expect(steps.filter(([, found]) => "m0" in (found as object))).toHaveLength(800);
    expect(steps.flatMap(([step, found]) => ("main" in (found as object) ? [step] : []))).toEqual(
      Array.from({ length: 500 }, (_, step) => step),
    );
  });

  test("is not seen: no entry on sys.path, no import told, and none of its own files", async () => {
    const { stdout } = await traceWell(
      python,
      'import sys; before = list(sys.path); import modeltrail; modeltrail.log(x=1); print(before == sys.path, "python/tracer" in str(sys.path))',
    );
    expect(stdout).toBe("True False\n");
    const events = readdirSync(scratch.spool)
      .filter((name) => name.endsWith(".jsonl"))
      .flatMap((name) => readFileSync(join(scratch.spool, name), "utf8").trimEnd().split("\n").map(parseSpoolLine));
    const told = JSON.stringify(events.filter((event) => typeof event === "object" && event.e !== "start"));
    expect(told).not.toContain("modeltrail/");
    expect(told).not.toContain('"name":"modeltrail"');
  });

  test("a module of that name in the project is the project's", async () => {
    const { stdout } = await trace(python, "import modeltrail; print(modeltrail.mine)", {
      "modeltrail.py": "mine = 1",
    });
    expect(stdout).toBe("1\n");
  });

  test("nothing of ours is raised: a spool that is gone, a descriptor that was closed", async () => {
    const { stderr, code } = await trace(
      python,
      `
import modeltrail, os
modeltrail.log(x=1)
os.closerange(3, 256)
taken = os.open("mine.txt", os.O_WRONLY | os.O_CREAT)
modeltrail.log(x=2)
os.environ["MODELTRAIL_SPOOL"] = os.path.abspath("main.py")
os.environ["MODELTRAIL_LOG"] = "no/such/folder/log.jsonl"
if os.fork() == 0:
    modeltrail.log(x=3)
    os._exit(0)
os.wait()
assert os.path.getsize("mine.txt") == 0
`,
    );
    expect({ code, errors: stderr.replace(/^.*RuntimeWarning.*\n.*\n/m, "") }).toEqual({ code: 0, errors: "" });
    expect(
      logged()
        .flatMap(values)
        .map(([step]) => step)
        .sort(),
    ).toEqual([0, 1]);
  });

  test("outside of a run it writes a file of the same lines, or none", async () => {
    const source =
      "import modeltrail, sys; print(modeltrail.run_id()); modeltrail.log(loss=0.5); modeltrail.log_params(a=1)";
    const cwd = scratch.write({ "main.py": source });
    const env = { PYTHONPATH: packageFolder, PYTHONDONTWRITEBYTECODE: "1" };
    const argv = ["main.py", "--token=s3cret"];
    const result = await runBare(python, argv, { cwd, env });
    expect(result).toMatchObject({ stdout: "None\n", stderr: "", code: 0 });
    const text = readFileSync(join(cwd, "modeltrail-log.jsonl"), "utf8");
    expect(text).not.toContain("s3cret");
    expect(linesOf(join(cwd, "modeltrail-log.jsonl"))).toMatchObject([
      { e: "start", format: 1 },
      { e: "log", step: 0, values: { loss: 0.5 } },
      { e: "params", values: { a: "1" } },
    ]);
    await runBare(python, argv, { cwd, env: { ...env, MODELTRAIL_LOG: "off" } });
    expect(readFileSync(join(cwd, "modeltrail-log.jsonl"), "utf8")).toBe(text);
  });
});

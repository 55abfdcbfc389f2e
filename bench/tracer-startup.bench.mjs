/** What the Python tracer costs a run by itself: at start-up, per opened file, and per audited event that it ignores. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { claim, inTurn, measure, median } from "./lib/measure.mjs";

const scratch = mkdtempSync(join(tmpdir(), "modeltrail-bench-"));
const spool = join(scratch, "spool");
// The interpreter itself: a shim in front of it would add its own noise to both sides.
const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
const bareEnv = { ...process.env, PYTHONPATH: undefined };
const tracedEnv = {
  ...bareEnv,
  PYTHONPATH: fileURLToPath(new URL("../python/tracer", import.meta.url)),
  MODELTRAIL_SPOOL: spool,
  MODELTRAIL_ROOT: scratch,
};

try {
  mkdirSync(spool);
  await startUp();
  perEvent();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function startUp() {
  console.log("\nTracer: start-up of `python3 -c pass`");
  const command = [python, "-c", "pass"];
  const { bare, traced } = await inTurn(
    {
      bare: () => measure(command, { cwd: scratch, env: bareEnv }),
      traced: () => measure(command, { cwd: scratch, env: tracedEnv }),
    },
    30,
    { warmup: 2 },
  );
  const milliseconds = (values) => `${(1000 * median(values)).toFixed(1)} ms`;
  console.log(`  bare    ${milliseconds(bare.wall)}`);
  console.log(`  traced  ${milliseconds(traced.wall)}`);
  const added = traced.wall.map((wall, round) => 1000 * (wall - bare.wall[round]));
  claim("time that the tracer adds (median of pairs)", median(added), 5, { unit: " ms" });
}

/** Best of several, inside one process each: microseconds per event, bare and traced. */
function perEvent() {
  const script = join(scratch, "events.py");
  writeFileSync(
    script,
    `
import os, time
os.makedirs("many", exist_ok=True)
names = [os.path.join(os.getcwd(), "many", str(n)) for n in range(10000)]
for name in names:
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT))
def timed(function):
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin
def opens():
    for name in names:
        open(name).close()
def ids():
    for name in names:
        id(name)
first = timed(opens)
for seconds in (first, min(timed(opens) for _ in range(5)), min(timed(ids) for _ in range(5))):
    print(seconds * 1e6 / len(names))
`,
  );
  const run = (env) =>
    execFileSync(python, [script], { cwd: scratch, env, encoding: "utf8" }).trim().split("\n").map(Number);
  const bare = run(bareEnv);
  const traced = run(tracedEnv);
  console.log("\nTracer: microseconds per event, over 10,000 files");
  for (const [index, what] of [
    "open and close, first time",
    "open and close, again",
    "id(), an audited call",
  ].entries()) {
    console.log(`  ${what}: bare ${bare[index].toFixed(2)}, traced ${traced[index].toFixed(2)}`);
  }
}

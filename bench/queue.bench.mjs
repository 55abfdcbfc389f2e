/** What the queue costs a job: blocks of queued jobs, and as many bare recorded runs one after the other, in turn. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { claim, median } from "./lib/measure.mjs";

const cli = process.env.MODELTRAIL_BENCH_CLI ?? fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const total = Number(process.env.MODELTRAIL_BENCH_JOBS ?? 1_000);
const blocks = 10;
const each = total / blocks;
const job = ["sleep", "0.01"];
const cwd = mkdtempSync(join(tmpdir(), "modeltrail-bench-"));

function modeltrail(...words) {
  return execFileSync(process.execPath, [cli, ...words], { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
}

function bareRun() {
  const child = spawn(process.execPath, [cli, "run", "--", ...job], { cwd, stdio: "ignore", detached: true });
  return new Promise((resolve) => child.once("exit", resolve));
}

async function bareBlock() {
  const start = performance.now();
  for (let i = 0; i < each; i++) await bareRun();
  return performance.now() - start;
}

/** From when they may begin until all have ended, by the jobs' own times. */
async function queuedBlock() {
  modeltrail("queue", "pause");
  const ids = new Set(
    JSON.parse(modeltrail("queue", "add", "--json", "--times", String(each), "--", ...job)).map(({ id }) => id),
  );
  const start = Date.now();
  modeltrail("queue", "resume");
  for (;;) {
    const { queued, running } = JSON.parse(modeltrail("queue", "--json"));
    if (Object.keys(queued).length === 0 && Object.keys(running).length === 0) break;
    // Asking takes as much of the machine as a job does.
    await wait(1_000);
  }
  const jobs = JSON.parse(modeltrail("jobs", "--all", "--json", "--limit", String(each))).filter(({ id }) =>
    ids.has(id),
  );
  const wrong = jobs.filter(({ outcome }) => outcome !== "finished").length;
  if (jobs.length !== each || wrong > 0) throw new Error(`${jobs.length} of ${each} jobs, ${wrong} not finished`);
  return Math.max(...jobs.map(({ ended }) => ended)) - start;
}

try {
  writeFileSync(join(cwd, "modeltrail.yaml"), "local: {slots: 1}\n");
  await bareRun();
  console.log(`\n${total} queued jobs of 10 ms, one at a time, and as many bare recorded runs, in blocks of ${each}`);
  const added = [];
  const times = { bare: [], queued: [] };
  for (let block = 0; block < blocks; block++) {
    const bare = await bareBlock();
    const queued = await queuedBlock();
    times.bare.push(bare / each);
    times.queued.push(queued / each);
    added.push((queued - bare) / each);
  }
  console.log(`  bare recorded run  ${median(times.bare).toFixed(1)} ms`);
  console.log(`  queued job         ${median(times.queued).toFixed(1)} ms`);
  claim("time that the queue adds to a job", median(added), 60, { unit: " ms" });
  const recorded = JSON.parse(modeltrail("ls", "--json", "--limit", "10000")).filter(
    (run) => run.status === "finished",
  );
  claim("jobs that are not recorded", 2 * total + 1 - recorded.length, 0);
} finally {
  await wait(4_000);
  rmSync(cwd, { recursive: true, force: true });
}

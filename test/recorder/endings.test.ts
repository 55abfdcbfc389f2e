/** However recorder or command die: the run ends, and what was printed before is in its log and among its metrics. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run";
import { storeExists } from "../../src/store/locate";
import { baseEnvironment, makeProject, modeltrail, python, recorded, useCli, withStore } from "./cli";

useCli();

/** Prints a metric every few ms for about a second, and says what it is. */
const training = `
import json, os, time
open("pid", "w").write(str(os.getpid()))
for step in range(200):
    print("step %d loss=%.4f" % (step, 1 / (step + 1)), flush=True)
    time.sleep(0.005)
open("metrics.json", "w").write(json.dumps({"accuracy": 0.5}))
print("done", flush=True)
`;

/** From before there is a run until its command is over; the last ones hit the time in which it is put away. */
const MOMENTS_MS = [10, 60, 110, 160, 250, 400, 600, 900, 1_300, 1_500];

interface Aftermath {
  /** What came out before and after the kill. */
  forwarded: string;
  log: string;
  run: Run;
  exit: [code: number | null, signal: string | null];
}

/** Records a run, kills `victim` after `ms`, and looks what two readers at once make of it. Null: killed before it began. */
async function killAfter(ms: number, victim: "recorder" | "command"): Promise<Aftermath | null> {
  const folder = makeProject({ "train.py": training });
  const env = baseEnvironment(folder);
  const [program, ...args] = recorded([python, "train.py"]);
  const child = spawn(program!, args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  let forwarded = "";
  child.stdout.on("data", (data: Buffer) => {
    forwarded += data.toString("latin1");
  });
  const closed = new Promise<Aftermath["exit"]>((resolve) => child.once("close", (...exit) => resolve(exit)));
  await wait(ms);
  if (victim === "recorder") child.kill("SIGKILL");
  else await killCommand(folder);
  const exit = await closed;
  if (!storeExists(folder)) return null;
  const readers = await Promise.all([ls(folder, env), ls(folder, env)]);
  for (const runs of readers) expect(runs.map(({ status }) => status)).not.toContain("running");
  if (readers[0]!.length === 0) return null;
  return withStore(folder, (store) => {
    const run = store.getRun(store.resolveRun("latest"))!;
    return { forwarded, exit, run, log: readText(store.logPath(run.id)) };
  });
}

async function ls(folder: string, env: Record<string, string>): Promise<Run[]> {
  const [program, ...args] = modeltrail("ls", "--json");
  return JSON.parse((await promisify(execFile)(program!, args, { cwd: folder, env })).stdout);
}

/** As soon as it says who it is. */
async function killCommand(folder: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const pid = Number(readText(join(folder, "pid")));
    if (pid > 0) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It was quicker.
      }
      return;
    }
    await wait(10);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Steps of whole lines. */
const stepsOf = (text: string) => [...text.matchAll(/^step (\d+) loss=\S+\n/gm)].map(([, step]) => Number(step));

function expectNothingLost({ forwarded, log, run }: Aftermath): void {
  expect(log.startsWith(forwarded)).toBe(true);
  expect(run.logSize).toBe(log.length);
  const steps = stepsOf(log);
  const { loss } = run.metrics;
  expect(loss?.count ?? 0).toBe(steps.length);
  if (steps.length > 0) expect(loss?.lastStep).toBe(steps.at(-1));
  if (log.endsWith("done\n")) expect(run.metrics.accuracy?.last).toBe(0.5);
  expect(run.endTime).toBeGreaterThanOrEqual(run.startTime);
}

describe.skipIf(process.platform === "win32")("SIGKILL", () => {
  test.each(MOMENTS_MS)("to the recorder after %d ms", async (ms) => {
    const after = await killAfter(ms, "recorder");
    if (!after) return;
    expectNothingLost(after);
    const { run, exit, log } = after;
    if (exit[1] !== "SIGKILL") expect(run.status).toBe("finished");
    else if (run.status === "finished") expect(log).toMatch(/done\n$/);
    else {
      expect(run).toMatchObject({ status: "lost", exitCode: null });
      expect(run.warnings.join()).toContain("recorder of this run was ended");
    }
  });

  test.each(MOMENTS_MS)("to the command after %d ms", async (ms) => {
    const after = (await killAfter(ms, "command"))!;
    expectNothingLost(after);
    expect(after.forwarded).toBe(after.log);
    const { exit, run } = after;
    if (exit[0] === 0) expect(run.status).toBe("finished");
    else {
      expect(exit).toEqual([null, "SIGKILL"]);
      expect(run).toMatchObject({ status: "killed", signal: "SIGKILL", exitCode: null });
    }
  });

  test("to a recorder whose command lives on", async () => {
    const folder = makeProject({
      "wait.py": "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n",
    });
    const env = baseEnvironment(folder);
    const [program, ...args] = recorded([python, "wait.py"]);
    const child = spawn(program!, args, { cwd: folder, env, stdio: "ignore" });
    const exit = new Promise((resolve) => child.once("exit", resolve));
    while (!readText(join(folder, "pid"))) await wait(20);
    const pid = Number(readText(join(folder, "pid")));
    // The store knows the process before long.
    while (!withStore(folder, (store) => store.running()[0]?.process)) await wait(20);
    child.kill("SIGKILL");
    await exit;
    try {
      const [run] = await ls(folder, env);
      expect(run).toMatchObject({ status: "lost", warnings: [expect.stringContaining(`process ${pid}`)] });
    } finally {
      process.kill(pid, "SIGKILL");
    }
  });
});

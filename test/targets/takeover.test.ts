/** Followers that are killed, jobs that are cancelled or gone: the record is whole, or says what it is not. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../src/store/contract";
import { openStore } from "../../src/store/open";
import { makeProject } from "../recorder/cli";
import {
  comesTo,
  ended,
  type FolderJob,
  followAgain,
  killFollower,
  leftovers,
  letGo,
  type Phase,
  processesOf,
  startFolderJob,
  sweep,
  until,
  useFolderJobs,
} from "./fixtures/folderJobs";

useFolderJobs();

const EPOCHS = 40;
const SCRIPT = `import sys, time
for epoch in range(${EPOCHS}):
    print(f"epoch {epoch} loss {1 / (epoch + 1):.6f}", flush=True)
    time.sleep(float(sys.argv[1]))
with open("model.bin", "wb") as file:
    file.write(bytes(100_000))
`;
const PRINTED = Array.from({ length: EPOCHS }, (_, epoch) => `epoch ${epoch} loss ${(1 / (epoch + 1)).toFixed(6)}\n`);

let store: Store;
beforeEach(() => {
  store = openStore(makeProject({ "train.py": SCRIPT }));
});
afterEach(() => store.close());

const start = (pause: number, options: Parameters<typeof startFolderJob>[2] = {}) =>
  startFolderJob(store, ["python", "train.py", String(pause)], options);

const logOf = (job: FolderJob) => {
  const { run } = store.jobs.get(job.id)!;
  return run === null || !existsSync(store.logPath(run)) ? "" : readFileSync(store.logPath(run), "utf8");
};

test("followers killed in each phase: nothing is missing, nothing is there twice", async () => {
  const phases: Phase[] = [
    ...(["before-check", "before-submit", "after-submit", "before-follow"] as const),
    ...(["after-follow", "before-collect", "after-collect"] as const),
  ];
  const job = start(0.05, { hold: phases });
  for (const phase of phases) {
    await comesTo(job, phase);
    await killFollower(job);
    letGo(job, phase);
    followAgain(store, job);
    if (phase !== "before-follow") continue;
    for (const line of [5, 15, 25]) {
      await until(() => logOf(job).includes(`epoch ${line} `));
      await killFollower(job);
      followAgain(store, job);
    }
  }
  const { outcome, run } = await ended(store, job);
  expect(outcome).toBe("finished");
  expect(logOf(job)).toBe(PRINTED.join(""));
  const { points } = store.metricHistory(run!, "loss", 0, 1000);
  expect(points.map(({ step, value }) => [step, value])).toEqual(
    PRINTED.map((_, epoch) => [epoch, Number((1 / (epoch + 1)).toFixed(6))]),
  );
  const made = store.getRun(run!)!;
  expect(made.artifacts.map(({ path: name, size }) => [name, size])).toEqual([["model.bin", 100_000]]);
  expect(made).toMatchObject({ status: "finished", exitCode: 0, warnings: [], gaps: [] });
  expect(store.listRuns({}).total).toBe(1);
  expect(leftovers(store, job)).toEqual([]);
});

test("a follower killed while it cleans up: the run has ended, and the next one sweeps", async () => {
  const job = start(0, { hold: ["before-clean"] });
  await comesTo(job, "before-clean");
  expect(store.jobs.get(job.id)).toMatchObject({ state: "ended", outcome: "finished" });
  await killFollower(job);
  expect(leftovers(store, job)).toContain(job.id);
  letGo(job, "before-clean");
  sweep(job);
  await ended(store, job);
  expect(leftovers(store, job)).toEqual([]);
});

describe("cancelled", () => {
  test.each<[Phase, string]>([
    ["before-check", "killed"],
    ["before-submit", "killed"],
    ["after-submit", "killed"],
    ["before-follow", "killed"],
    // Too late: it has ended by itself.
    ["before-collect", "finished"],
  ])("%s: nothing is left", async (phase, outcome) => {
    const job = start(phase === "before-collect" ? 0 : 30, { hold: [phase] });
    await comesTo(job, phase);
    expect(store.jobs.requestCancel(job.id, "Enough.")).toBe(true);
    letGo(job, phase);
    const { run, ...end } = await ended(store, job);
    expect(end.outcome).toBe(outcome);
    expect(store.getSummaries([run!])[0]!.status).toBe(outcome);
    expect(leftovers(store, job)).toEqual([]);
  });

  test("while it runs: its whole tree ends, and what it printed stays", async () => {
    const job = start(0.05);
    await until(() => logOf(job).includes("epoch 3 "));
    store.requestStop(store.jobs.get(job.id)!.run!);
    expect(await ended(store, job)).toMatchObject({ outcome: "killed" });
    expect(PRINTED.join("")).toContain(logOf(job).split("Traceback")[0]);
    expect(leftovers(store, job)).toEqual([]);
  });
});

test("a job whose machine forgot it is lost, with what was brought", async () => {
  const job = start(0.1);
  await until(() => logOf(job).includes("epoch 4 "));
  for (const pid of processesOf(job)) process.kill(pid, "SIGKILL");
  const agent = JSON.parse(readFileSync(path.join(job.there, job.id, "agent.json"), "utf8"));
  process.kill(agent.pid, "SIGKILL");
  const { outcome, run, reason } = await ended(store, job);
  expect({ outcome, reason }).toEqual({ outcome: "lost", reason: expect.any(String) });
  expect(store.metricHistory(run!, "loss", 0, 1000).points.length).toBeGreaterThan(4);
  expect(store.getSummaries([run!])[0]).toMatchObject({ status: "lost", exitCode: null });
});

test("limits: of time by the machine, of cost by us", async () => {
  const timed = start(1, { limits: { seconds: 1 } });
  expect(await ended(store, timed)).toMatchObject({ outcome: "killed", reason: expect.stringContaining("time") });
  // At one a second.
  const costly = start(1, { limits: { cost: 1 } });
  expect(await ended(store, costly)).toMatchObject({ outcome: "killed", reason: expect.stringContaining("cost") });
  expect(leftovers(store, costly)).toEqual([]);
});

test("a check that fails: the job never begins, and says why", async () => {
  const job = start(0, { on: "/nowhere/python" });
  const { outcome, reason, run } = await ended(store, job);
  expect({ outcome, reason }).toEqual({ outcome: "refused", reason: expect.stringContaining("/nowhere/python") });
  expect(store.getSummaries([run!])[0]).toMatchObject({ status: "failed" });
  expect(leftovers(store, job)).toEqual([]);
});

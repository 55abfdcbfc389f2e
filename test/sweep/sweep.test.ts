/** Sweeps as users have them: the real command, queue and recorder. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Store } from "../../src/store/contract";
import { isAlive } from "../../src/store/process";
import { baseEnvironment, makeProject, modeltrail, python, useCli, withStore } from "../recorder/cli";
import { pythonWithOptuna } from "./python";

useCli();
const withOptuna = pythonWithOptuna();
const LIMIT = 10 * 60_000;

const SCRIPT = `
import argparse, math
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int, default=4)
args = parser.parse_args()
for step in range(3):
    print("step %d loss: %.6f" % (step, abs(math.log10(args.lr) + 2) + abs(args.depth - 4) / 8 + 0.1 / (step + 1)))
`;

const children: ChildProcess[] = [];
const projects: string[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const project of projects.splice(0)) await untilQuiet(project);
});

function sweepProject(files: Record<string, string> = {}): string {
  const project = makeProject({ "train.py": SCRIPT, ...files });
  projects.push(project);
  return project;
}

/** Nothing of ours may outlive a test: the queue ends itself when nothing is left to begin. */
async function untilQuiet(project: string): Promise<void> {
  if (!existsSync(join(project, ".modeltrail/db.sqlite"))) return;
  withStore(project, (store) => {
    for (const { id } of store.jobs.list({ states: ["queued"], limit: 1_000 }).jobs) store.jobs.requestCancel(id, "");
  });
  const active = withStore(project, (store) => store.jobs.active().map(({ job }) => job.id));
  if (active.length > 0) await run(project, "jobs", "cancel", ...active).ended;
  await until(() => withStore(project, (store) => store.jobs.active().length === 0));
}

function run(cwd: string, ...args: string[]) {
  const [program, ...rest] = modeltrail(...args);
  const child = spawn(program!, rest, { cwd, env: baseEnvironment(cwd), stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, output })),
  );
  return { child, ended };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(50);
}

const isBegun = (project: string) =>
  existsSync(join(project, ".modeltrail/db.sqlite")) && withStore(project, (store) => store.sweeps.list().total > 0);

const overTrials = (store: Store, name: string) => {
  const { id } = store.sweeps.resolve(name);
  return store.sweeps.trials(id, { states: ["complete", "pruned", "failed"] });
};

test("a grid of modeltrail.yaml is tried, recorded and summed up", async () => {
  const project = sweepProject({
    "modeltrail.yaml": `local: {slots: 2}
sweeps:
  rates:
    command: ${python} train.py --lr {lr}
    params: {lr: [0.1, 0.01, 0.001], depth: {from: 3, to: 4}}
    metric: loss
`,
  });
  const { code, output } = await run(project, "sweep", "run", "rates").ended;
  expect(output).toMatch(/state +ended: All trials are over\./);
  expect(output).toMatch(/best +loss 0.0333\d* with lr=0.01 depth=4/);
  expect(code).toBe(0);
  withStore(project, (store) => {
    const { runs, total } = store.listRuns({ tags: { "modeltrail.sweep": "rates" } });
    expect(total).toBe(6);
    expect(new Set(runs.map(({ params }) => `${params.lr} ${params.depth}`)).size).toBe(6);
    expect(runs.every(({ status, metrics }) => status === "finished" && metrics.loss!.count === 3)).toBe(true);
  });
  const shown = JSON.parse((await run(project, "sweep", "show", "rates", "--json").ended).output);
  expect(shown).toMatchObject({ state: "ended", counts: { complete: 6 }, best: { params: { lr: 0.01, depth: 4 } } });
  expect(shown.trials[0].run).toMatch(/^[0-9a-f]{32}$/);
}, 60_000);

test("Ctrl-C stops a sweep, and it goes on with what was not tried", async () => {
  const slow = SCRIPT.replace("for step", "import time; time.sleep(0 if args.lr < 3 else 600)\nfor step");
  const project = sweepProject({ "train.py": slow });
  const sweep = run(project, "sweep", "run", "-p", "lr=1,2,3,4", "--metric=loss", "--", python, "train.py");
  await until(() => isBegun(project) && withStore(project, (store) => overTrials(store, "train").length === 2));
  const second = await run(project, "sweep", "resume", "train", "--trials=9").ended;
  expect(second).toMatchObject({ code: 1, output: expect.stringContaining(`driven by process ${sweep.child.pid}`) });
  expect(withStore(project, (store) => store.sweeps.resolve("train").spec.trials)).not.toBe(9);
  sweep.child.kill("SIGINT");
  const { output } = await sweep.ended;
  expect(output).toContain("`modeltrail sweep resume train` goes on with it.");
  await until(() => withStore(project, (store) => store.jobs.active().length === 0));
  withStore(project, (store) => {
    expect(store.listRuns({ status: ["running"] }).total).toBe(0);
    expect(overTrials(store, "train").map(({ number }) => number)).toEqual([0, 1]);
  });
  // What is slow no more.
  writeFileSync(join(project, "train.py"), SCRIPT);
  expect((await run(project, "sweep", "resume", "train").ended).output).toMatch(/4 complete of 4/);
}, 120_000);

test.each([
  [["sweep", "run", "-p", "lr=0.1"], "A sweep needs a command"],
  [["sweep", "run", "depth"], 'modeltrail.yaml has no sweep "depth". It names none.'],
  [["sweep", "run", "-p", "lr=0.1..1", "--", "x"], "give it a `step` or a list of values"],
  [["sweep", "run", "-p", "lr=0.1", "--target=moon", "--", "x"], 'has no target "moon"'],
  [["sweep", "run", "-p", "lr", "--", "x"], "names no values. Give them like"],
  [["sweep", "run", "-p", "lr=1", "--trials=none", "--", "x"], "--trials takes a number"],
])("%j is refused with what to do", async (args, message) => {
  const { code, output } = await run(sweepProject(), ...args).ended;
  expect(output).toContain(message);
  expect(code).not.toBe(0);
});

test.skipIf(!withOptuna)(
  "200 trials by Optuna go on after the driver was killed, and no finished trial is repeated",
  async () => {
    const project = sweepProject({ "modeltrail.yaml": "local: {slots: 4}\n" });
    const params = ["-p", "lr=1e-4..1:log", "-p", "depth=1..8"];
    const settings = ["--method=optuna", "--metric=loss", "--trials=200", `--python=${withOptuna}`];
    const first = run(project, "sweep", "run", ...params, ...settings, "--", python, "train.py");
    await until(() => isBegun(project) && withStore(project, (store) => overTrials(store, "train").length >= 60));
    first.child.kill("SIGKILL");
    await first.ended;
    const before = withStore(project, (store) => overTrials(store, "train"));
    const { output } = await run(project, "sweep", "resume", "train", `--python=${withOptuna}`).ended;
    expect(output).toMatch(/200 complete of 200/);
    withStore(project, (store) => {
      const after = overTrials(store, "train");
      expect(after).toEqual(expect.arrayContaining(before));
      expect(after.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, number) => number));
      // One job for each trial, and one run for each job.
      const { id } = store.sweeps.resolve("train");
      expect(store.jobs.list({ sweep: id, limit: 1_000 }).total).toBe(200);
      expect(store.listRuns({ tags: { "modeltrail.sweep": "train" }, limit: 1 }).total).toBe(200);
      // It learned something, across the kill.
      expect(store.sweeps.best(id, "minimize")!.value).toBeLessThan(0.4);
    });
  },
  LIMIT,
);

test.skipIf(!withOptuna)(
  "a trial that others are ahead of is pruned: its run is ended",
  async () => {
    const script = `
import argparse, time
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
lr = parser.parse_args().lr
with open("begun", "a+") as begun:
    begun.write("x")
    begun.seek(0)
    # A pruner wants to have seen some trials whole.
    isSlow = lr > 1 and len(begun.read()) > 6
for step in range(4):
    print("step %d loss: %f" % (step, 1 + lr), flush=True)
    time.sleep(600 if isSlow and step == 2 else 0)
`;
    const project = sweepProject({ "train.py": script });
    const settings = ["--method=optuna", "--sampler=random", "--pruner=median", "--metric=loss", "--trials=8"];
    const args = ["-p", "lr=0.1,0.2,0.3,5", ...settings, `--python=${withOptuna}`, "--parallel=1", "--seed=4"];
    const { output } = await run(project, "sweep", "run", ...args, "--", python, "train.py").ended;
    expect(output).toContain("trial 7: pruned at loss 6");
    withStore(project, (store) => {
      const { id } = store.sweeps.resolve("train");
      const { complete, pruned, failed } = store.sweeps.counts(id);
      expect([complete, pruned, failed]).toEqual([7, 1, 0]);
      for (const { job } of store.sweeps.trials(id, { states: ["pruned"] })) {
        expect(store.jobs.get(job!)!.outcome).toBe("killed");
      }
    });
  },
  120_000,
);

test("a sweep in the background goes on when who began it is gone", async () => {
  const project = sweepProject();
  const { output } = await run(project, "sweep", "run", "--detach", "-p", "lr=0.1,0.2", "--", python, "train.py").ended;
  expect(output).toContain("goes on in the background");
  await until(() => withStore(project, (store) => store.sweeps.resolve("train").state === "ended"));
  const driver = withStore(project, (store) => {
    expect(overTrials(store, "train").map(({ state }) => state)).toEqual(["complete", "complete"]);
    return store.sweeps.driver(store.sweeps.resolve("train").id)!;
  });
  await until(() => !isAlive(driver));
}, 60_000);

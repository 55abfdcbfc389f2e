import { expect, test } from "vitest";
import { SweepSpec } from "../domain/sweep";
import type { Store } from "../store/contract";
import { tempStore } from "../store/testStore";
import { driveSweep } from "./drive";
import { type Play, testQueue } from "./testQueue";

const create = (store: Store, spec: object) =>
  store.sweeps.create({ name: "s", cwd: "/project", spec: SweepSpec.parse({ command: ["python", "t.py"], ...spec }) });

const lrOf = (command: string[]) => Number(command[command.indexOf("--lr") + 1]);

/** Drives the sweep while its jobs are played. */
async function drive(store: Store, id: string, play: Play, options: { slots?: number } = {}) {
  const queue = testQueue(store, "local", play);
  const timer = setInterval(queue.work, 5);
  const most: number[] = [];
  try {
    const sweep = await driveSweep(store, id, {
      slots: options.slots ?? 2,
      startQueue: () => most.push(store.sweeps.counts(id).running),
      python: "python",
      env: {},
      storage: "",
      job: {},
      cancelJob: async (job, reason) => store.jobs.end(job, "killed", { reason }),
    });
    return { sweep, begun: queue.begun, most: Math.max(...most) };
  } finally {
    clearInterval(timer);
  }
}

test("a grid is tried in order, so many at a time, and its best trial is known", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: [0.3, 0.1, 0.2], n: [1, 2] }, metric: "loss", parallel: 2 });
  const { sweep, begun, most } = await drive(store, id, ({ command }) => ({ values: [9, lrOf(command)], exitCode: 0 }));
  expect(sweep).toMatchObject({ state: "ended", reason: "All trials are over." });
  expect(begun.map(({ command }) => command.slice(2).join(" ")).sort()).toEqual(
    [0.1, 0.2, 0.3].flatMap((lr) => [1, 2].map((n) => `--lr ${lr} --n ${n}`)),
  );
  expect(begun[0]).toMatchObject({
    name: "s-0",
    tags: { "modeltrail.sweep": "s", "modeltrail.trial": "0" },
    sweep: id,
  });
  expect(most).toBe(2);
  expect(store.sweeps.counts(id)).toMatchObject({ complete: 6, total: 6 });
  expect(store.sweeps.best(id, "minimize")).toMatchObject({ params: { lr: 0.1, n: 1 }, value: 0.1 });
});

test("it ends when the metric is good enough, and what still runs is cancelled", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: [3, 2, 1, 0.5] }, metric: "loss", stop: { at: 2 } });
  const { sweep } = await drive(store, id, ({ command }) =>
    lrOf(command) === 3 ? undefined : { values: [lrOf(command)], exitCode: 0 },
  );
  expect(sweep.reason).toBe("loss reached 2.");
  expect(store.sweeps.counts(id)).toMatchObject({ running: 0, waiting: 0 });
  expect(store.sweeps.trials(id)[0]).toMatchObject({ state: "failed", value: null });
});

test("it ends when trials bring nothing better", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: { from: 1, to: 50 } }, metric: "accuracy", stop: { without: 4 } });
  const { sweep } = await drive(
    store,
    id,
    ({ command }) => ({ metric: "accuracy", values: [-lrOf(command)], exitCode: 0 }),
    {
      slots: 1,
    },
  );
  expect(sweep.reason).toBe("4 trials in a row were no better than -1.");
  expect(store.sweeps.counts(id).total).toBe(5);
});

test("a command that always fails ends it early", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: { from: 1, to: 50 } } });
  const { sweep } = await drive(store, id, () => ({ exitCode: 1 }), { slots: 1 });
  expect(sweep.reason).toBe("The first 3 trials all failed.");
});

test("a run without the metric, or with NaN, is a failed trial", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: [1, 2, 3] }, metric: "loss" });
  await drive(store, id, ({ command }) => {
    const lr = lrOf(command);
    return lr === 1 ? { metric: "other", values: [1], exitCode: 0 } : { values: [lr === 2 ? NaN : 1], exitCode: 0 };
  });
  expect(store.sweeps.trials(id).map(({ state }) => state)).toEqual(["failed", "failed", "complete"]);
});

test("stopped, it cancels what runs and tries that again when it goes on, and nothing twice", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: [1, 2, 3, 4] }, metric: "loss" });
  const first = await drive(store, id, ({ command }) => {
    if (lrOf(command) < 3) return { values: [lrOf(command)], exitCode: 0 };
    store.sweeps.changeState(id, ["running"], "stopped", null);
    return undefined;
  });
  expect(first.sweep.state).toBe("stopped");
  expect(store.sweeps.trials(id).map(({ state }) => state)).toEqual(["complete", "complete", "waiting", "waiting"]);
  store.sweeps.changeState(id, ["stopped"], "running", null);
  const second = await drive(store, id, ({ command }) => ({ values: [lrOf(command)], exitCode: 0 }));
  expect(second.begun.map(({ command }) => lrOf(command)).sort()).toEqual([3, 4]);
  expect(second.sweep.state).toBe("ended");
});

test("a sweep that another process drives is left to it", async () => {
  const store = tempStore();
  const { id } = create(store, { params: { lr: [1] } });
  const parent = (await import("../store/process")).processIdentity(process.ppid);
  store.sweeps.claim(id, null, parent);
  await expect(drive(store, id, () => undefined)).rejects.toThrow(/is driven by process \d+ already/);
});

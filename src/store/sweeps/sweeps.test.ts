import { expect, test } from "vitest";
import { SweepSpec } from "../../domain/sweep";
import type { Store } from "../contract";
import { processIdentity } from "../process";
import { tempStore } from "../testStore";

const spec = SweepSpec.parse({ command: ["python", "train.py"], params: { lr: [0.1, 0.01] } });
const create = (store: Store, name = "lr") => store.sweeps.create({ name, spec, cwd: "/project" });

test("a sweep is found by name and by id, and a second one of its name gets another", () => {
  const store = tempStore();
  const first = create(store);
  const second = create(store);
  expect([first.name, second.name]).toEqual(["lr", "lr-2"]);
  expect(store.sweeps.resolve("lr")).toEqual(first);
  expect(store.sweeps.resolve(second.id.slice(0, 12))).toEqual(second);
  expect(() => store.sweeps.resolve("depth")).toThrow('no sweep "depth"');
  const page = store.sweeps.list({ limit: 1 });
  expect(page).toMatchObject({ sweeps: [{ name: "lr-2" }], total: 2 });
  expect(store.sweeps.list({ limit: 1, cursor: page.next! })).toMatchObject({ sweeps: [{ name: "lr" }], next: null });
});

test("one process drives a sweep, and another takes over from the one it knows of", () => {
  const { sweeps } = tempStore();
  const { id } = sweeps.create({ name: "lr", spec, cwd: "/project" });
  const self = processIdentity();
  const other = { ...self, pid: 1 };
  expect(sweeps.driver(id)).toBeNull();
  expect(sweeps.claim(id, null, other)).toBe(true);
  expect(sweeps.claim(id, null, self)).toBe(false);
  expect(sweeps.claim(id, other, self)).toBe(true);
  expect(sweeps.driver(id)).toEqual(self);
});

test("trials go from waiting to their end, and the best of the completed ones is known", () => {
  const { sweeps } = tempStore();
  const { id } = sweeps.create({ name: "lr", spec, cwd: "/project" });
  for (const number of [0, 1, 2, 3]) sweeps.addTrial(id, number, { lr: number });
  sweeps.addTrial(id, 0, { lr: 99 });
  sweeps.startTrial(id, 0, () => "job-0");
  sweeps.startTrial(id, 1, () => "job-1");
  sweeps.endTrial(id, 0, "complete", 0.5);
  sweeps.endTrial(id, 1, "complete", 0.7);
  sweeps.endTrial(id, 2, "pruned", 0.1);
  expect(sweeps.counts(id)).toEqual({ waiting: 1, running: 0, complete: 2, pruned: 1, failed: 0, total: 4 });
  expect(sweeps.best(id, "minimize")).toEqual({
    number: 0,
    params: { lr: 0 },
    state: "complete",
    job: "job-0",
    value: 0.5,
  });
  expect(sweeps.best(id, "maximize")?.number).toBe(1);
  expect(sweeps.trials(id, { after: 0, limit: 2 }).map(({ number }) => number)).toEqual([1, 2]);
  expect(sweeps.trials(id, { states: ["waiting", "pruned"] }).map(({ number }) => number)).toEqual([2, 3]);
});

test("a trial whose job cannot be made stays as it was", () => {
  const { sweeps } = tempStore();
  const { id } = sweeps.create({ name: "lr", spec, cwd: "/project" });
  sweeps.addTrial(id, 0, { lr: 0.1 });
  const fail = () => {
    throw new Error("no job");
  };
  expect(() => sweeps.startTrial(id, 0, fail)).toThrow("no job");
  expect(sweeps.trials(id)).toMatchObject([{ state: "waiting", job: null }]);
});

test("a state changes only from where it may", () => {
  const { sweeps } = tempStore();
  const { id } = sweeps.create({ name: "lr", spec, cwd: "/project" });
  expect(sweeps.changeState(id, ["running"], "ended", "All was tried.")).toBe(true);
  expect(sweeps.changeState(id, ["running"], "stopped", null)).toBe(false);
  expect(sweeps.resolve(id)).toMatchObject({ state: "ended", reason: "All was tried.", ended: expect.any(Number) });
});

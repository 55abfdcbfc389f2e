import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Store } from "./contract";
import { newRun, points, tempStore } from "./testStore";

const END = { status: "finished", exitCode: 0, signal: null, endTime: 9_000 } as const;
const [A, B, V] = ["aa".repeat(32), "bb".repeat(32), "cc".repeat(32)] as const;

function fullRun(store: Store, experiment: string): string {
  const id = store.createRun(newRun({ experiment, tags: { t: "1" } }));
  store.endRun(id, END, {
    params: { lr: "1" },
    points: [{ source: "output", points: points([0, 1], [1, 0.5]) }],
    data: [{ path: `${experiment}.csv`, sha256: experiment === "a" ? A : B, size: 3, role: "read" }],
    artifacts: [{ path: "shared.pkl", sha256: V, size: 3 }],
    datasets: [{ name: experiment, kind: "read", version: V, files: 1, size: 3, role: "read" }],
    gaps: [{ kind: "other", message: "m" }],
    warnings: ["w"],
    logSize: 7,
    checkpoint: 1,
  });
  return id;
}

test("freed runs leave no row; others keep all of theirs", () => {
  const store = tempStore();
  const [gone, kept] = [fullRun(store, "a"), fullRun(store, "b")] as const;
  store.deleteRuns([gone]);
  const before = store.getRun(kept);
  const { revision } = store.changesSince(0);
  store.freeRuns([gone]);
  expect(store.getRun(gone)).toBeNull();
  expect(store.getRun(kept)).toEqual(before);
  expect(store.metricHistory(kept, "loss", 0, 10).points).toHaveLength(2);
  expect([...store.referencedObjects()]).toEqual([B, V]);
  // A reader that has a list of deleted runs must look again.
  expect(store.changesSince(revision)).toMatchObject({ all: true });

  const db = new DatabaseSync(join(store.folder, "db.sqlite"), { readOnly: true });
  const count = (table: string) => Number((db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n);
  const tables = [
    "runs",
    "checkpoints",
    "params",
    "tags",
    "gaps",
    "warnings",
    "files",
    "metrics",
    "chunks",
    "datasets",
  ];
  const counts = Object.fromEntries(
    [...tables, "dataset_versions", "run_datasets", "experiments"].map((one) => [one, count(one)]),
  );
  expect(counts).toEqual({ ...Object.fromEntries(Object.keys(counts).map((one) => [one, 1])), files: 2 });
  db.close();
});

test("runs that are not deleted are refused, and nothing is done", () => {
  const store = tempStore();
  const [gone, live] = [fullRun(store, "a"), fullRun(store, "b")] as const;
  store.deleteRuns([gone]);
  expect(() => store.freeRuns([gone, live])).toThrow(/is not deleted/);
  expect(store.listRuns({ deleted: true }).total).toBe(1);
});

test("pinned runs cannot be deleted", () => {
  const store = tempStore();
  const [a, b] = [fullRun(store, "a"), fullRun(store, "b")] as const;
  store.setPinned([a], true);
  expect(store.getRun(a)!.pinned).toBe(true);
  expect(store.listRuns({ pinned: true }).runs.map((run) => run.id)).toEqual([a]);
  expect(store.listRuns({ pinned: false }).runs.map((run) => run.id)).toEqual([b]);
  expect(() => store.deleteRuns([b, a])).toThrow(/is pinned/);
  expect(store.listRuns({}).total).toBe(2);
  store.setPinned([a], false);
  store.deleteRuns([a]);
  expect(store.listRuns({}).total).toBe(1);
});

test("what takes how much, and what is used by whom", () => {
  const store = tempStore();
  const [a] = [fullRun(store, "a"), fullRun(store, "b")] as const;
  store.deleteRuns([a]);
  expect(store.usage()).toEqual([
    { experiment: "a", runs: 1, deleted: 1, logs: 7, metrics: 48 },
    { experiment: "b", runs: 1, deleted: 0, logs: 7, metrics: 48 },
  ]);
  const uses = Object.fromEntries([...store.objectUses()].map((one) => [one.sha256, one.uses]));
  expect(uses[A]).toEqual([{ experiment: "a", kind: "data", deleted: true }]);
  expect(uses[V]).toHaveLength(4);
  expect(uses[V]).toContainEqual({ experiment: "b", kind: "manifest", deleted: false });
});

test("a run that made a version of a model stays while the version is there, deleted or not", () => {
  const store = tempStore();
  const [scratch, used, deleted] = [1, 2, 3].map(() => store.createRun(newRun())) as [string, string, string];
  for (const id of [scratch, used, deleted]) store.endRun(id, { ...END, status: "failed", exitCode: 1 });
  store.registry.createModel({ name: "wine", description: "", tags: {} });
  const rest = { description: "", source: "s3://x", location: "s3://x", runLink: "", loggedModel: null, tags: {} };
  for (const run of [used, deleted]) store.registry.createVersion({ model: "wine", run, ...rest });
  store.deleteRuns([deleted]);
  expect(store.listFreeable().map(({ id }) => id)).toEqual([scratch]);
  store.registry.deleteModel("wine");
  expect(store.listFreeable().map(({ id }) => id)).toEqual([deleted, scratch, used]);
});

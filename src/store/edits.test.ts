import { expect, test } from "vitest";
import { UserError } from "../domain/errors";
import { newRun, tempStore } from "./testStore";

const END = { status: "finished", exitCode: 0, signal: null, endTime: 2 } as const;

test("name, note, tags and experiment can be changed, and each change is seen", () => {
  const store = tempStore();
  const id = store.createRun(newRun({ tags: { keep: "1", drop: "2" } }));
  const changes: (() => void)[] = [
    () => store.renameRun(id, " better "),
    () => store.setNote(id, "note"),
    () => store.setTag(id, "new", "3"),
    () => store.setTag(id, "keep", "4"),
    () => store.setTag(id, "drop", null),
    () => store.setExperiment(id, "other"),
  ];
  for (const change of changes) {
    const { revision } = store.changesSince(0);
    change();
    expect(store.changesSince(revision)).toEqual({ revision: revision + 1, runs: [id], removed: [], all: false });
  }
  expect(store.getRun(id)).toMatchObject({
    name: "better",
    note: "note",
    tags: { keep: "4", new: "3" },
    experiment: "other",
  });
  expect(store.listExperiments().map((experiment) => experiment.name)).toEqual(["other"]);
});

test("empty names are refused with a sentence", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  expect(() => store.renameRun(id, "  ")).toThrow(UserError);
  expect(() => store.setExperiment(id, "")).toThrow(UserError);
});

test("deleted runs are hidden, listed apart, and come back whole", () => {
  const store = tempStore();
  const [a, b] = [store.createRun(newRun()), store.createRun(newRun())] as const;
  store.endRun(a, END, { params: { x: "1" } });
  const { revision } = store.changesSince(0);
  store.deleteRuns([a]);
  expect(store.listRuns({}).runs.map((run) => run.id)).toEqual([b]);
  expect(store.listRuns({ deleted: true })).toMatchObject({ total: 1, runs: [{ id: a }] });
  expect(store.changesSince(revision)).toMatchObject({ runs: [], removed: [a] });
  expect(store.getRun(a)).not.toBeNull();
  const deleted = store.changesSince(0).revision;
  store.deleteRuns([a]); // again: no change
  expect(store.changesSince(deleted).revision).toBe(deleted);
  store.restoreRuns([a]);
  expect(store.changesSince(deleted)).toMatchObject({ runs: [a], removed: [] });
  expect(store.getRun(a)!.params).toEqual({ x: "1" });
  expect(store.listRuns({}).total).toBe(2);
});

test("a running run is not deleted, nor those asked for with it", () => {
  const store = tempStore();
  const [ended, running] = [store.createRun(newRun()), store.createRun(newRun({ name: "busy" }))] as const;
  store.endRun(ended, END);
  expect(() => store.deleteRuns([ended, running])).toThrow(/busy is running/);
  expect(store.listRuns({}).total).toBe(2);
});

test("many changes are told as all", () => {
  const store = tempStore();
  for (let i = 0; i < 1_001; i++) store.createRun(newRun());
  expect(store.changesSince(1)).toMatchObject({ all: false, revision: 1_001 });
  expect(store.changesSince(1).runs).toHaveLength(1_000);
  expect(store.changesSince(0)).toEqual({ revision: 1_001, runs: [], removed: [], all: true });
  // A revision that this database has not reached was another database's.
  expect(store.changesSince(5_000).all).toBe(true);
});

import { expect, test } from "vitest";
import type { CellOutput } from "../../domain/cells";
import { newRun, tempFolder, tempStore } from "../testStore";
import { newCell, SOURCE } from "./testCells";

const IMAGE = "b".repeat(64);
const HUGE = "c".repeat(64);

const output = (sha256: string, kept: boolean): CellOutput => ({
  kind: "display",
  items: [{ mime: "image/png", size: 12, sha256, kept }],
  preview: "image/png",
});

test("keeps what ran in its order, the last report of an execution over earlier ones, and pages it", () => {
  const store = tempStore();
  const id = store.createRun(newRun({ script: "explore.ipynb", source: "notebook" }));
  const failed = newCell({
    ordinal: 2,
    cellId: "two",
    status: "failed",
    error: { name: "ValueError", message: "no", traceback: "…" },
  });
  store.ingest(id, { cells: [failed, newCell({ status: "running", endTime: null }), newCell({ ordinal: 3 })] });
  store.ingest(id, { cells: [newCell({ outputs: [output(IMAGE, true)] })] });

  const first = store.cells.list(id, { limit: 2 });
  expect(first.cells).toEqual([newCell({ outputs: [output(IMAGE, true)] }), failed]);
  expect(first.total).toBe(3);
  const rest = store.cells.list(id, { limit: 2, cursor: first.next! });
  expect(rest.cells).toEqual([newCell({ ordinal: 3 })]);
  expect(rest.next).toBeNull();
  expect(store.cells.get(id, 2)).toEqual(failed);
  expect(store.cells.get(id, 4)).toBeNull();
});

test("cancels what still runs when its run ends", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  store.ingest(id, { cells: [newCell({ status: "running", endTime: null })] });
  store.endRun(id, { status: "killed", exitCode: null, signal: "SIGKILL", endTime: 9_000 });
  expect(store.cells.list(id).cells[0]).toMatchObject({ status: "cancelled", endTime: 9_000 });
});

test("names the objects of cells for those who free space, and not among the run's files", () => {
  const store = tempStore();
  const id = store.createRun(newRun());
  store.ingest(id, { cells: [newCell({ outputs: [output(IMAGE, true), output(HUGE, false)] })] });
  expect([...store.referencedObjects()]).toEqual([SOURCE, IMAGE]);
  expect(store.unnamedObjects([SOURCE, IMAGE, HUGE])).toEqual([HUGE]);
  expect([...store.ownObjects([id])].map(({ sha256 }) => sha256)).toEqual([SOURCE, IMAGE]);
  expect([...store.objectUses()].map(({ uses }) => uses[0]!.kind)).toEqual(["cell", "cell"]);
  const run = store.getRun(id)!;
  expect([...run.snapshot.data, ...run.artifacts]).toEqual([]);
});

test("tells of a notebook's cells the last execution, and how often each ran", () => {
  const store = tempStore(tempFolder());
  const notebook = { script: "explore.ipynb", source: "notebook" };
  const first = store.createRun(newRun({ ...notebook, startTime: 1_000 }));
  const second = store.createRun(newRun({ ...notebook, startTime: 5_000 }));
  const other = store.createRun(newRun({ ...notebook, script: "other.ipynb", startTime: 6_000 }));
  // A run that clients or importers made of the same file, without cells.
  store.createRun(newRun({ ...notebook, startTime: 7_000 }));
  store.ingest(first, { cells: [newCell(), newCell({ ordinal: 2, cellId: "two" }), newCell({ ordinal: 3 })] });
  store.ingest(second, { cells: [newCell({ status: "failed", session: "s2", source: IMAGE })] });
  store.ingest(other, { cells: [newCell()] });

  const last = store.cells.last("explore.ipynb");
  expect(last.runs).toBe(2);
  expect(last.cells.map(({ cellId, run, ordinal, executions }) => [cellId, run, ordinal, executions])).toEqual([
    ["one", second, 1, 3],
    ["two", first, 2, 1],
  ]);
  expect(last.cells[0]).toMatchObject({ source: IMAGE, status: "failed", session: "s2" });

  store.endRun(second, { status: "failed", exitCode: 1, signal: null, endTime: 6_000 });
  store.deleteRuns([second]);
  expect(store.cells.last("explore.ipynb").cells[0]).toMatchObject({ cellId: "one", run: first, ordinal: 3 });
  expect(store.cells.last("explore.ipynb").runs).toBe(1);
});

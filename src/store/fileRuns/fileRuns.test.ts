import { expect, test } from "vitest";
import type { IngestBatch, RunEnd, Store } from "../contract";
import { newRun, tempStore } from "../testStore";

const A = "aa".repeat(32);
const B = "bb".repeat(32);
const DONE: RunEnd = { status: "finished", exitCode: 0, signal: null, endTime: 99 };

/** A run that began at `startTime` and has ended with these values. */
function record(
  store: Store,
  startTime: number,
  script: string,
  values: Record<string, number>,
  batch: IngestBatch = {},
) {
  const id = store.createRun(newRun({ startTime, script }));
  const points = Object.entries(values).map(([key, value]) => ({ key, value, step: 0, time: startTime }));
  store.endRun(id, DONE, { ...batch, points: [{ source: "output", points }] });
  return id;
}

test("runs of a file are found in every role, newest first, page by page", () => {
  const store = tempStore();
  const asScript = record(store, 10, "model.py", {}, { sources: ["model.py", "util.py"] });
  const asSource = record(store, 20, "train.py", {}, { sources: ["train.py", "model.py"] });
  record(store, 30, "other.py", {});
  const asData = record(
    store,
    40,
    "lint.py",
    {},
    {
      data: [
        { path: "model.py", sha256: A, size: 1, role: "write" },
        { path: "model.py", sha256: B, size: 1, role: "read" },
      ],
    },
  );
  const { runs, total, next } = store.fileRuns.page("model.py");
  expect(runs.map(({ id, roles, sha256 }) => [id, roles, sha256])).toEqual([
    [asData, ["read", "write"], B],
    [asSource, ["source"], null],
    [asScript, ["script"], null],
  ]);
  expect([total, next]).toEqual([3, null]);
  expect(runs[1]).toMatchObject({ experiment: "default", status: "finished", exitCode: 0, startTime: 20, endTime: 99 });

  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = store.fileRuns.page("model.py", { limit: 1, cursor });
    expect(page.total).toBe(3);
    ids.push(...page.runs.map(({ id }) => id));
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(ids).toEqual([asData, asSource, asScript]);

  const making = store.fileRuns.page("model.py", { roles: ["script", "source"] });
  expect(making.runs.map(({ id }) => id)).toEqual([asSource, asScript]);
  store.deleteRuns([asSource]);
  expect(store.fileRuns.page("model.py").total).toBe(2);
  expect(store.fileRuns.page("never.py")).toEqual({ runs: [], next: null, total: 0 });
});

test("the best is that of ended runs, in the direction asked for, and the newest of equal ones", () => {
  const store = tempStore();
  const first = record(store, 10, "train.py", { loss: 0.5, acc: 0.9 });
  record(store, 20, "train.py", { loss: 0.3, acc: 0.7 });
  const third = record(store, 30, "train.py", { loss: 0.3, acc: Number.NaN });
  record(store, 35, "other.py", { loss: 0.1 });
  const running = store.createRun(newRun({ startTime: 40 }));
  store.ingest(running, { points: [{ source: "output", points: [{ key: "loss", value: 0, step: 0, time: 1 }] }] });

  const best = (key: string, less: boolean) => store.fileRuns.best("train.py", ["script"], { key, less });
  expect(best("loss", true)).toEqual({ run: third, key: "loss", value: 0.3 });
  expect(best("loss", false)).toEqual({ run: first, key: "loss", value: 0.5 });
  expect(best("acc", false)).toEqual({ run: first, key: "acc", value: 0.9 });
  expect(best("never", false)).toBeNull();
});

test("values of several runs come at once, not a number as NaN", () => {
  const store = tempStore();
  const first = record(store, 10, "train.py", { loss: 0.5, acc: Number.NaN });
  const second = record(store, 20, "train.py", { loss: 0.3, lr: 1 });
  expect(store.fileRuns.values([first, second], ["loss", "acc", "never"])).toEqual([
    { run: first, key: "loss", value: 0.5 },
    { run: first, key: "acc", value: Number.NaN },
    { run: second, key: "loss", value: 0.3 },
  ]);
  expect(store.fileRuns.values([second]).map(({ key }) => key)).toEqual(["loss", "lr"]);
});

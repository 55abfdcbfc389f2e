import { expect, test } from "vitest";
import type { IngestBatch, Store } from "../store/contract";
import { newRun, tempStore } from "../store/testStore";
import { isImprovement, readFileResults } from "./fileResults";

let clock = 1;

function record(store: Store, name: string, values: Record<string, number>, batch: IngestBatch = {}): string {
  const id = store.createRun(newRun({ name, script: "train.py", startTime: clock++ }));
  const points = Object.entries(values).map(([key, value]) => ({ key, value, step: 0, time: 1 }));
  const end = { status: "finished", exitCode: 0, signal: null, endTime: clock++ } as const;
  store.endRun(id, end, { ...batch, points: [{ source: "output", points }] });
  return id;
}

test("each metric has its last value, the one before and, where asked for, the best", () => {
  const store = tempStore();
  record(store, "one", { loss: 0.3, acc: 0.95, lr: 1 }, { params: { depth: "3" } });
  record(store, "two", { loss: 0.5, acc: 0.8 }, { params: { depth: "5" } });
  record(store, "three", { loss: 0.4, acc: 0.9, lr: 2 }, { params: { depth: "7" } });
  const results = readFileResults(store, "train.py", ["loss", "never"])!;
  const read = (name: string) => {
    const { less, last, previous, best } = results.metrics[name]!;
    const text = (result: typeof best) => result && `${result.run.name} ${result.value}`;
    return [less, text(last), text(previous), text(best)];
  };
  expect(results).toMatchObject({
    total: 3,
    isScript: true,
    last: { name: "three" },
    measured: { name: "three" },
    key: "acc",
  });
  expect(Object.keys(results.metrics).sort()).toEqual(["acc", "loss", "lr"]);
  expect(read("acc")).toEqual([false, "three 0.9", "two 0.8", "one 0.95"]);
  expect(read("loss")).toEqual([true, "three 0.4", "two 0.5", "one 0.3"]);
  expect(read("lr")).toEqual([false, "three 2", "one 1", null]);
  expect(results.best).toMatchObject({ run: { name: "one" }, params: { depth: "3" } });
});

test("a run that failed before it measured anything is the last, and the values are those of the one before", () => {
  const store = tempStore();
  record(store, "good", { acc: 0.9 });
  record(store, "bad", { "system/cpu_percent": 5 });
  expect(readFileResults(store, "train.py", [])).toMatchObject({
    last: { name: "bad" },
    measured: { name: "good" },
    metrics: { acc: { last: { run: { name: "good" } }, previous: null } },
  });
});

test("runs without metrics have no results, files without runs have nothing", () => {
  const store = tempStore();
  record(store, "quiet", {});
  expect(readFileResults(store, "train.py", [])).toMatchObject({ total: 1, key: null, metrics: {}, best: null });
  expect(readFileResults(store, "other.py", [])).toBeNull();
});

test("which way is better depends on the metric", () => {
  expect([isImprovement(1, 2, false), isImprovement(1, 2, true), isImprovement(1, 1, true)]).toEqual([
    true,
    false,
    null,
  ]);
  expect(isImprovement(1, Number.NaN, false)).toBeNull();
});

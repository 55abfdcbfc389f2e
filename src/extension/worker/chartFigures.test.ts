import { beforeEach, expect, test } from "vitest";
import type { Store } from "../../store/contract";
import { newRun, tempStore } from "../../store/testStore";
import { boxes, importance, metricCells } from "./chartFigures";
import { SeriesCache } from "./seriesCache";

let store: Store;
const { signal } = new AbortController();
beforeEach(() => {
  store = tempStore();
});

function addRun(params: Record<string, string>, metrics: Record<string, number[]>): string {
  const id = store.createRun(newRun());
  for (const [key, values] of Object.entries(metrics)) {
    const points = values.map((value, step) => ({ key, step, value, time: step }));
    store.ingest(id, { params, points: [{ source: "api", points }] });
  }
  return id;
}

const gone = "0".repeat(32);

test("cells are told metric after metric in the order of the runs, NaN where there is none", () => {
  const [a, b] = [addRun({}, { loss: [3, 1, 2], constructor: [5] }), addRun({}, { loss: [9] })];
  const metrics = [
    { key: "loss", aspect: "last" },
    { key: "loss", aspect: "min" },
    { key: "constructor", aspect: "max" },
    { key: "nobody's", aspect: "last" },
  ] as const;
  const { values } = metricCells(store, { metrics: [...metrics], runs: [b, gone, a] });
  expect(Array.from({ length: 4 }, (_, at) => [...values.subarray(at * 3, at * 3 + 3)])).toEqual([
    [9, Number.NaN, 2],
    [9, Number.NaN, 1],
    [Number.NaN, Number.NaN, 5],
    [Number.NaN, Number.NaN, Number.NaN],
  ]);
  expect(metricCells(store, { metrics: [], runs: [a] }).values).toHaveLength(0);
});

test("boxes are of all points of each run", async () => {
  const [a, b] = [addRun({}, { loss: [5, 1, 4, 2, 3] }), addRun({}, { f1: [9] })];
  const told = await boxes(store, new SeriesCache(), { key: "loss", runs: [a, b, gone] }, signal);
  expect(told.boxes).toEqual([expect.objectContaining({ q1: 2, median: 3, q3: 4, count: 5 }), null, null]);
});

test("importance is of the params that differ", async () => {
  const runs = Array.from({ length: 24 }, (_, at) => {
    const params = { lr: String(at % 8), seed: String((at * 7) % 5), epochs: "10" };
    return addRun(params, { loss: [100, at % 8] });
  });
  const found = (await importance(store, { key: "loss", aspect: "last", runs }, signal))!;
  expect(found.params.map(({ name }) => name)).toEqual(["lr", "seed"]);
  expect(found).toMatchObject({ runs: 24, leftOut: 0, params: [{ correlation: expect.closeTo(1, 9) }, {}] });
  expect(await importance(store, { key: "loss", aspect: "max", runs }, signal)).toBeNull();
  expect(await importance(store, { key: "f1", aspect: "last", runs }, signal)).toBeNull();
});

test("what was given up ends", async () => {
  const runs = Array.from({ length: 12 }, (_, at) => addRun({ lr: String(at) }, { loss: [at] }));
  const ended = AbortSignal.abort();
  await expect(importance(store, { key: "loss", aspect: "last", runs }, ended)).rejects.toThrow(/abort/i);
  await expect(boxes(store, new SeriesCache(), { key: "loss", runs }, ended)).rejects.toThrow(/abort/i);
});

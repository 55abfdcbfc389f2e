import { expect, test } from "vitest";
import type { MetricSummary } from "../domain/run";
import { newRun, tempStore } from "../store/testStore";
import { repeatsOf, repeatText, spreadOf, spreadText } from "./repeats";

const run = (metrics: Record<string, number>) => ({
  metrics: Object.fromEntries(
    Object.entries(metrics).map(([name, last]): [string, MetricSummary] => [
      name,
      { last, min: last, max: last, count: 1, lastStep: 0 },
    ]),
  ),
});

test("mean and sample deviation of the last values", () => {
  const { loss } = spreadOf([run({ loss: 2 }), run({ loss: 4 }), run({ loss: 9 })]);
  expect(loss).toMatchObject({ count: 3, mean: 5, min: 2, max: 9 });
  expect(loss!.deviation).toBeCloseTo(Math.sqrt(13));
});

test("a metric of one run has no spread, and what is no number or of the machine is left out", () => {
  const spreads = spreadOf([run({ loss: 1, "system/cpu": 3 }), run({ loss: Number.NaN, accuracy: 0.5 })]);
  expect(Object.keys(spreads)).toEqual(["loss", "accuracy"]);
  expect(spreads.loss).toEqual({ count: 1, mean: 1, deviation: 0, min: 1, max: 1 });
});

test.each([
  { values: [0.93, 0.94, 0.92], text: "0.930 ± 0.010" },
  { values: [0.5], text: "0.5" },
  { values: [0.25, 0.25], text: "0.25 ± 0" },
  { values: [1200, 1400], text: "1300 ± 141.42" },
  { values: [3e-12, 4e-12], text: "3.5e-12 ± 7.0711e-13" },
])("spread in words: $text", ({ values, text }) => {
  const { loss } = spreadOf(values.map((value) => run({ loss: value })));
  expect(spreadText(loss!)).toBe(text);
});

test("the spread of what hardly scatters is not lost in rounding", () => {
  const { loss } = spreadOf([1e9, 1e9 + 1, 1e9 + 2].map((value) => run({ loss: value })));
  expect(loss).toMatchObject({ mean: 1e9 + 1, deviation: 1 });
});

test("repeats in the store: finished ones count, the first gives its name", () => {
  const store = tempStore();
  const inputs = "ab".repeat(32);
  const ids = [0.9, 0.8, 0.1].map((accuracy, at) => {
    const id = store.createRun(newRun({ name: `run-${at}`, startTime: at }));
    store.setInputs(id, inputs);
    const points = [{ key: "accuracy", value: accuracy, step: 0, time: at }];
    const status = at === 2 ? "failed" : "finished";
    const end = { status, exitCode: at === 2 ? 1 : 0, signal: null, endTime: at } as const;
    store.endRun(id, end, { points: [{ source: "output", points }] });
    return id;
  });
  const [first, second] = store.getSummaries(ids.slice(0, 2));
  const repeats = repeatsOf(store, second!)!;
  expect(repeats).toMatchObject({ runs: 2, first: { name: "run-0" }, metrics: { accuracy: { count: 2 } } });
  expect(repeatText(second!, repeats)).toBe("repeat of run-0; 2 runs: accuracy 0.850 ± 0.071");
  expect(repeatText(first!, repeats, "accuracy")).toBe("repeated; 2 runs: accuracy 0.850 ± 0.071");
  expect(repeatText(second!, { ...repeats, runs: 5 }, "no such metric")).toContain("; 2 of 5 runs: accuracy");

  const alone = store.createRun(newRun());
  expect(repeatsOf(store, store.getSummaries([alone])[0]!)).toBeNull();
});

import { expect, it, test } from "vitest";
import { newRun, tempStore } from "../store/testStore";
import { compareSeries, isTiming } from "./metrics";
import { relativeDifference } from "./tolerance";

type Series = Record<string, (number | [step: number, value: number])[]>;

/** Compares two runs with these series, of values by step. */
function compare(before: Series, after: Series, tolerance = 1e-6) {
  const store = tempStore();
  const runs = [before, after].map((series) => {
    const id = store.createRun(newRun());
    const points = Object.entries(series).flatMap(([key, values]) =>
      values.map((value, at) => {
        const [step, number] = Array.isArray(value) ? value : [at, value];
        return { key, value: number, step, time: at + 1 };
      }),
    );
    store.ingest(id, { points: [{ source: "api", points }] });
    return store.getRun(id)!;
  });
  const found = compareSeries(store, runs[0]!, runs[1]!, tolerance);
  return Object.fromEntries(found.map(({ name, verdict, difference }) => [name, [verdict, difference]]));
}

it("tells the same series from those within the tolerance, and from different ones", () => {
  const before = { loss: [3, 2, 1], accuracy: [0.5, 0.75], f1: [0.5], nan: [Number.NaN, Number.POSITIVE_INFINITY] };
  const after = { loss: [3, 2, 1], accuracy: [0.5, 0.75 * (1 + 1e-9)], f1: [0.6], nan: before.nan };
  expect(compare(before, after)).toEqual({
    loss: ["same", 0],
    accuracy: ["within-tolerance", expect.closeTo(1e-9, 12)],
    f1: ["different", expect.closeTo(1 / 6, 9)],
    nan: ["same", 0],
  });
  expect(compare(before, after, 0.2).f1![0]).toBe("within-tolerance");
  expect(compare(before, after, 0).accuracy![0]).toBe("different");
});

it("looks at every point, in whatever order they came, and at their steps", () => {
  const long = Array.from({ length: 120_000 }, (_, at) => at + 1);
  const other = [...long];
  other[110_000] = 0.5;
  expect(compare({ loss: long }, { loss: other }).loss![0]).toBe("different");
  expect(
    compare(
      {
        loss: [
          [0, 5],
          [1, 6],
        ],
      },
      {
        loss: [
          [1, 6],
          [0, 5],
        ],
      },
    ).loss,
  ).toEqual(["same", 0]);
  expect(
    compare(
      {
        loss: [
          [0, 5],
          [1, 6],
        ],
      },
      {
        loss: [
          [0, 5],
          [2, 6],
        ],
      },
    ).loss,
  ).toEqual(["different", null]);
  expect(compare({ loss: [1, 2] }, { loss: [1, 2, 3] }).loss).toEqual(["different", null]);
});

it("passes over what was seen of a progress bar on the way", () => {
  const store = tempStore();
  const [before, after] = [[3, 7], [5]].map((seen) => {
    const id = store.createRun(newRun());
    const points = (steps: number[]) => steps.map((step) => ({ key: "loss", value: 1 / step, step, time: step }));
    store.ingest(id, { points: [{ source: "output-preview", points: points(seen) }] });
    store.ingest(id, { points: [{ source: "output", points: points([10, 20]) }] });
    return store.getRun(id)!;
  });
  expect(before!.metrics.loss!.count).not.toBe(after!.metrics.loss!.count);
  expect(compareSeries(store, before!, after!, 0)).toMatchObject([{ verdict: "same", difference: 0 }]);
});

it("says what only one of them has, and does not judge the machine or time", () => {
  const found = compare({ old: [1], "system/cpu": [1], epoch_time: [1] }, { new: [1], epoch_time: [2] });
  expect(found).toEqual({ old: ["missing", null], new: ["added", null], epoch_time: ["not-judged", null] });
});

test.each(["time", "train_runtime", "train_samples_per_second", "epoch/duration", "val.latency_ms", "it/speed", "fps"])(
  "%s is a timing",
  (name) => expect(isTiming(name)).toBe(true),
);

test.each([
  "loss",
  "timesteps",
  "time_steps",
  "sometimes",
  "accuracy",
  "rmse",
  "mse",
  "total_timesteps",
  "second_best",
])("%s is not", (name) => expect(isTiming(name)).toBe(false));

test.each([
  [1, 1, 0],
  [0, -0, 0],
  [Number.NaN, Number.NaN, 0],
  [Number.NaN, 1, Number.POSITIVE_INFINITY],
  [Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY],
  [1, 2, 0.5],
  [-1, 1, 2],
  [0, 1e-300, 1],
])("%d and %d are %d apart", (one, other, expected) => expect(relativeDifference(one, other)).toBe(expected));

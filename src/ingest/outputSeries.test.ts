import { expect, test } from "vitest";
import { createSeriesSet } from "./outputSeries";

const steps = (positions: { epoch?: number; step?: number; total?: number }[]): (number | undefined)[] => {
  const series = createSeriesSet();
  return positions.map((position) => series.place("loss", position, true));
};

test("without a count, each value is one step on", () => {
  expect(steps([{}, {}, {}])).toEqual([0, 1, 2]);
  expect(steps([{ epoch: 1 }, { epoch: 2 }, {}])).toEqual([1, 2, 3]);
  expect(steps([{ epoch: 0.5 }, {}])).toEqual([0.5, 1]);
});

test("a step is the step, else the epoch is", () => {
  expect(
    steps([
      { epoch: 1, step: 100 },
      { epoch: 2, step: 200 },
    ]),
  ).toEqual([100, 200]);
  expect(steps([{ epoch: 3 }, { epoch: 4 }])).toEqual([3, 4]);
});

test("steps that begin anew in each epoch go on", () => {
  const known = [1, 2, 3].flatMap((epoch) => [0, 500].map((step) => ({ epoch, step, total: 1_000 })));
  expect(steps(known)).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500]);
  const unknown = [1, 2].flatMap((epoch) => [1, 2, 3].map((step) => ({ epoch, step })));
  expect(steps(unknown)).toEqual([1, 2, 3, 4, 5, 6]);
  const fromZero = [0, 1].flatMap((epoch) => [0, 1, 2].map((step) => ({ epoch, step })));
  expect(steps(fromZero)).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a second training that counts its epochs anew follows the first", () => {
  expect(steps([1, 2, 3, 1, 2, 3].map((epoch) => ({ epoch })))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(steps([0, 1, 2, 0, 1].map((epoch) => ({ epoch })))).toEqual([0, 1, 2, 3, 4]);
});

test("steps a little out of order stay what they are", () => {
  expect(steps([1, 2, 4, 3, 5].map((step) => ({ step })))).toEqual([1, 2, 4, 3, 5]);
});

test("the summary of an epoch belongs to its last step", () => {
  expect(steps([{ epoch: 1, step: 100 }, { epoch: 1, step: 200 }, { epoch: 1 }, { epoch: 2, step: 300 }])).toEqual([
    100, 200, 200, 300,
  ]);
});

test("a value that is not kept moves nothing", () => {
  const series = createSeriesSet();
  expect(series.place("loss", {}, false)).toBe(0);
  expect(series.place("loss", {}, true)).toBe(0);
  expect(series.place("loss", {}, false)).toBe(1);
  expect(series.lastStep("loss")).toBe(0);
});

test("goes on from what was saved", () => {
  const first = createSeriesSet();
  first.place("loss", { epoch: 2 }, true);
  const second = createSeriesSet(JSON.parse(JSON.stringify(first.save())));
  expect(second.place("loss", {}, true)).toBe(3);
});

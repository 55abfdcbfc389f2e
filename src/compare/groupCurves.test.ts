import { expect, test } from "vitest";
import type { Grid } from "../domain/curve";
import { groupCurve } from "./groupCurves";

const grid: Grid = { from: 0, to: 4, buckets: 4, log: false };
const member = (...points: [number, number][]) => ({
  points: { x: Float64Array.from(points, ([x]) => x), y: Float64Array.from(points, ([, y]) => y) },
  smoothed: null,
});

test("a bucket has the mean of the runs' means, and all that any run reached", () => {
  const one = member([0, 1], [0.5, 3], [1, 2], [2, 2], [3, 2]);
  const other = member([0, 4], [1, 6], [2, 100], [2.5, 0], [3, 4]);
  const { mean, low, high, runs } = groupCurve([one, other], grid);
  expect([...mean]).toEqual([3, 4, 26, 3]);
  expect([...low]).toEqual([1, 2, 0, 2]);
  expect([...high]).toEqual([4, 6, 100, 4]);
  expect([...runs]).toEqual([2, 2, 2, 2]);
});

test("a run counts between its points, and not beyond them", () => {
  const sparse = member([0.5, 0], [2.5, 4]);
  const { mean, runs } = groupCurve([sparse], grid);
  expect([...mean]).toEqual([0, 2, 4, Number.NaN]);
  expect([...runs]).toEqual([1, 1, 1, 0]);
});

test("values that are no numbers are as if they were not there", () => {
  const broken = member([0, 1], [1, Number.NaN], [2, Infinity], [3, 1]);
  expect([...groupCurve([broken], grid).mean]).toEqual([1, 1, 1, 1]);
  expect([...groupCurve([member([0, Number.NaN])], grid).runs]).toEqual([0, 0, 0, 0]);
});

test("smoothing is of the mean; the range stays that of the points", () => {
  const noisy = { ...member([0, 0], [0.5, 10]), smoothed: Float64Array.from([5, 5]) };
  const { mean, low, high } = groupCurve([noisy], grid);
  expect([mean[0], low[0], high[0]]).toEqual([5, 0, 10]);
});

test("very great values have a mean", () => {
  const [huge] = groupCurve([member([0, 1e308], [0.1, 1e308], [0.2, 1e308])], grid).mean;
  expect(huge! / 1e308).toBeCloseTo(1, 10);
});

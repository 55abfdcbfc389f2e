import { expect, test } from "vitest";
import { type CurvesOptions, curvesOf, inOrderOfX } from "./curves";

const whole: CurvesOptions = { range: null, log: false, buckets: 10, smoothing: 0, groups: null };
const line = (...points: [number, number][]) => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});
const runs = new Map([
  ["a", line([0, 1], [1, 2], [2, 3])],
  ["b", line([1, 5], [8, 7])],
]);

test("a chart shows all that its runs have, or the part that is asked for", () => {
  const all = curvesOf(runs, whole);
  expect([all.extent, all.curves.map(({ run }) => run)]).toEqual([{ from: 0, to: 8 }, ["a", "b"]]);
  const part = curvesOf(runs, { ...whole, range: { from: 1, to: 1.5 } });
  expect(part).toMatchObject({ extent: { from: 0, to: 8 }, grid: { from: 1, to: 1.5 } });
  expect(part.curves.map(({ x }) => [...x])).toEqual([
    [0, 1, 2],
    [1, 8],
  ]);
});

test("a log axis begins at the first x above zero", () => {
  expect(curvesOf(runs, { ...whole, log: true }).extent).toEqual({ from: 1, to: 8 });
  expect(curvesOf(new Map([["a", line([0, 1])]]), { ...whole, log: true }).grid).toBeNull();
});

test("smoothing is over all points, whatever part of them shows", () => {
  const points = line(...Array.from({ length: 100 }, (_, at): [number, number] => [at, at % 7]));
  const smoothed = (range: CurvesOptions["range"]) =>
    curvesOf(new Map([["a", points]]), { ...whole, buckets: 1_000, smoothing: 0.9, range }).curves[0]!;
  const part = smoothed({ from: 50, to: 60 });
  expect([...part.smooth!]).toEqual([...smoothed(null).smooth!.subarray(49, 62)]);
});

test("groups are averages of their runs; runs without the metric do not count", () => {
  const { curves, groups } = curvesOf(runs, { ...whole, groups: [["none"], ["a", "b", "other"]] });
  expect(curves).toEqual([]);
  expect(groups.map(({ group }) => group)).toEqual([1]);
  expect(groups[0]!.runs[1]).toBe(2);
});

test("points are put in the order of their times", () => {
  const { x, y } = inOrderOfX(line([3, 0], [1, 1], [2, 2], [1, 3]));
  expect([[...x], [...y]]).toEqual([
    [1, 1, 2, 3],
    [1, 3, 2, 0],
  ]);
});

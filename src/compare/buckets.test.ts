import { describe, expect, test } from "vitest";
import { edgeOf, type Grid } from "../domain/curve";
import { isFineEnough, type Points, traceOf } from "./buckets";

const grid = (part: Partial<Grid> = {}): Grid => ({ from: 0, to: 100, buckets: 4, log: false, ...part });
const series = (values: readonly number[], x = values.map((_, at) => at)): Points => ({
  x: Float64Array.from(x),
  y: Float64Array.from(values),
});

/** A deterministic walk. */
function walk(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
}

test("few points are given as they are, with one beyond each end", () => {
  const trace = traceOf(series([5, 6, 7, 8, 9], [0, 10, 20, 30, 40]), grid({ from: 15, to: 25 }));
  expect([trace.slots, [...trace.x], [...trace.y]]).toEqual([null, [10, 20, 30], [6, 7, 8]]);
});

test("the extremes of any zoom are those of the points in it", () => {
  const values = walk(5_000);
  values[3_210] = 1e9;
  values[17] = -1e9;
  for (const [from, to] of [
    [0, 4_999],
    [3_000, 3_400],
    [3_210, 4_000],
    [10, 900],
  ] as const) {
    const inside = values.slice(from, to + 1);
    const { y, slots } = traceOf(series(values), grid({ from, to, buckets: 37 }));
    expect(slots).toHaveLength(37);
    expect([Math.min(...y), Math.max(...y)]).toEqual([Math.min(...inside), Math.max(...inside)]);
  }
});

test("each bucket has its own extremes, in their order", () => {
  const { slots, y } = traceOf(series([1, 9, 2, 2, 8, 1, 3, 3, 3, 4, 4, 0]), grid({ to: 12, buckets: 4 }));
  expect([...slots!]).toEqual([0, 1, 2, 3]);
  expect([...y]).toEqual([1, 9, 8, 1, 3, 3, 4, 0]);
});

test("buckets without points are left out, and those without a finite value break the curve", () => {
  const values = [1, 1, 1, 1, Number.NaN, Number.NaN, Infinity, 2, 2, -Infinity];
  const { slots, y } = traceOf(series(values, [0, 0, 1, 1, 60, 60, 61, 80, 81, 99]), grid());
  expect([...slots!]).toEqual([0, 2, 3]);
  expect([...y]).toEqual([1, 1, Number.NaN, Number.NaN, 2, 2]);
});

test("buckets of a log axis are of equal ratio", () => {
  const log = grid({ from: 1, to: 10_000, log: true });
  expect([0, 1, 2, 3, 4].map((slot) => Math.round(edgeOf(log, slot)))).toEqual([1, 10, 100, 1_000, 10_000]);
  const { slots } = traceOf(series([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 20, 30, 40, 50, 5_000]), log);
  expect([...slots!]).toEqual([0, 1, 3]);
});

test("the smoothed value of a bucket is that of its last point", () => {
  const points = series(walk(100));
  const smoothed = Float64Array.from(points.x, (at) => at);
  const { smooth, slots } = traceOf(points, grid({ to: 100, buckets: 10 }), smoothed);
  expect([...slots!].map((slot) => slot * 10 + 9)).toEqual([...smooth!]);
});

test("nothing stays nothing", () => {
  expect(traceOf(series([]), grid())).toMatchObject({ slots: null, y: new Float64Array(0) });
});

describe("some points are enough", () => {
  const points = (x: number[]) => ({ x: Float64Array.from(x), y: new Float64Array(x.length) });

  test("where they are nowhere further apart than half a bucket", () => {
    const even = points(Array.from({ length: 101 }, (_, at) => at * 10));
    expect(isFineEnough(even, { from: 0, to: 1_000, buckets: 50, log: false })).toBe(true);
    expect(isFineEnough(even, { from: 0, to: 1_000, buckets: 51, log: false })).toBe(false);
    expect(isFineEnough(even, { from: 400, to: 600, buckets: 50, log: false })).toBe(false);
  });

  test("also at the ends of what shows, and by ratios on a logarithmic axis", () => {
    const hole = points([0, 1, 2, 3, 50, 51, 52]);
    expect(isFineEnough(hole, { from: 0, to: 3, buckets: 1, log: false })).toBe(false);
    expect(isFineEnough(hole, { from: 50, to: 52, buckets: 1, log: false })).toBe(false);
    const powers = points(Array.from({ length: 21 }, (_, at) => 2 ** at));
    expect(isFineEnough(powers, { from: 1, to: 2 ** 20, buckets: 9, log: true })).toBe(true);
    expect(isFineEnough(powers, { from: 1, to: 2 ** 20, buckets: 11, log: true })).toBe(false);
  });
});

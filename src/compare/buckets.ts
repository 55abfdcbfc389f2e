/**
 * A series with any number of points as a curve for so many pixels: each bucket of the x axis is told by its least and its
 * greatest value, so that no spike is lost however wide a bucket is. A series with few points is given as it is.
 */
import { edgeOf, type Grid, type Trace } from "../domain/curve";

/** Points in order of x, columns of equal length. y may hold NaN and infinities: they are gaps in the curve. */
export interface Points {
  x: Float64Array;
  y: Float64Array;
}

/** `smoothed`: as long as the points. A point at the upper end of the grid is in its last bucket. */
export function traceOf(points: Points, grid: Grid, smoothed: Float64Array | null = null): Trace {
  const first = firstAtOrAbove(points.x, grid.from);
  const end = firstAbove(points.x, grid.to);
  if (end - first > grid.buckets * 2) return bucketTrace(points, grid, first, end, smoothed);
  const [low, high] = [Math.max(0, first - 1), Math.min(points.x.length, end + 1)];
  return {
    slots: null,
    x: points.x.slice(low, high),
    y: points.y.slice(low, high),
    smooth: smoothed ? smoothed.slice(low, high) : null,
  };
}

function bucketTrace({ x, y }: Points, grid: Grid, first: number, end: number, smoothed: Float64Array | null): Trace {
  const slots = new Uint16Array(grid.buckets);
  const extremes = new Float64Array(grid.buckets * 2);
  const smooth = smoothed && new Float64Array(grid.buckets);
  let used = 0;
  let at = first;
  for (let slot = 0; slot < grid.buckets && at < end; slot++) {
    const next = slot === grid.buckets - 1 ? end : Math.min(end, firstAtOrAbove(x, edgeOf(grid, slot + 1), at));
    if (next === at) continue;
    const [one, other] = extremesOf(y, at, next);
    slots[used] = slot;
    extremes[used * 2] = one;
    extremes[used * 2 + 1] = other;
    if (smooth) smooth[used] = smoothed[next - 1]!;
    used++;
    at = next;
  }
  return {
    slots: slots.slice(0, used),
    x: new Float64Array(0),
    y: extremes.slice(0, used * 2),
    smooth: smooth ? smooth.slice(0, used) : null,
  };
}

/**
 * Whether some points of a series (see `Store.metricOutline`) make the same picture as all of them: where the grid lies they
 * are nowhere further apart than half a bucket, so that what is between two of them falls onto their pixels.
 */
export function isFineEnough({ x }: Points, { from, to, buckets, log }: Grid): boolean {
  const [first, end] = [firstAtOrAbove(x, from), firstAbove(x, to)];
  const [step, factor] = log ? [0, (to / from) ** (0.5 / buckets)] : [(to - from) / buckets / 2, 1];
  for (let at = Math.max(1, first); at < Math.min(end + 1, x.length); at++) {
    if (x[at]! > x[at - 1]! * factor + step) return false;
  }
  return true;
}

/** Least and greatest finite value of `y` from `start` up to, not including, `end`, in order of occurrence; NaN when none. */
export function extremesOf(y: Float64Array, start: number, end: number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  let lowAt = -1;
  let highAt = -1;
  for (let i = start; i < end; i++) {
    const value = y[i]!;
    // NaN is neither; an infinity passes the first test only.
    if (value < low && value > -Infinity) {
      low = value;
      lowAt = i;
    }
    if (value > high && value < Infinity) {
      high = value;
      highAt = i;
    }
  }
  if (lowAt < 0) return [Number.NaN, Number.NaN];
  return lowAt <= highAt ? [low, high] : [high, low];
}

/** Index of the first x, from `start` on, that is not below `bound`. */
export function firstAtOrAbove(x: Float64Array, bound: number, start = 0): number {
  return search(x, start, (value) => value < bound);
}

/** Index of the first x that is above `bound`. */
export function firstAbove(x: Float64Array, bound: number): number {
  return search(x, 0, (value) => value <= bound);
}

function search(x: Float64Array, start: number, isBefore: (value: number) => boolean): number {
  let low = start;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(x[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Several runs as one curve: their mean at each bucket of the x axis, with the range that they span. */
import { edgeOf, type Grid, type GroupCurve } from "../domain/curve";
import { extremesOf, firstAtOrAbove, type Points } from "./buckets";

/**
 * `members`: the points of each run, and its smoothed values (for the mean) when there is smoothing. A run without points in a
 * bucket counts with the straight line between its points beside it; before its first point and after its last it does not
 * count. NaN and infinities are as if they were not there.
 */
export function groupCurve(members: { points: Points; smoothed: Float64Array | null }[], grid: Grid): GroupCurve {
  const { buckets } = grid;
  const group: GroupCurve = {
    mean: new Float64Array(buckets),
    low: new Float64Array(buckets).fill(Number.NaN),
    high: new Float64Array(buckets).fill(Number.NaN),
    runs: new Uint16Array(buckets),
  };
  for (const { points, smoothed } of members) addMember(group, points, smoothed ?? points.y, grid);
  for (let slot = 0; slot < buckets; slot++) group.mean[slot] = divided(group.mean[slot]!, group.runs[slot]!);
  return group;
}

const divided = (sum: number, count: number) => (count === 0 ? Number.NaN : sum / count);

function addMember(group: GroupCurve, points: Points, values: Float64Array, grid: Grid): void {
  const finite = firstAndLastFinite(points.y);
  if (!finite) return;
  let at = firstAtOrAbove(points.x, grid.from);
  for (let slot = 0; slot < grid.buckets; slot++) {
    const isLast = slot === grid.buckets - 1;
    const edge = isLast ? grid.to : edgeOf(grid, slot + 1);
    let next = firstAtOrAbove(points.x, edge, at);
    if (isLast) while (next < points.x.length && points.x[next] === edge) next++;
    let [low, high] = extremesOf(points.y, at, next);
    let mean = meanOf(values, at, next);
    if (Number.isNaN(mean)) {
      mean = between(points.x, values, edgeOf(grid, slot + 0.5), at, finite);
      [low, high] = [mean, mean];
    }
    at = next;
    if (Number.isNaN(mean)) continue;
    group.runs[slot]!++;
    group.mean[slot]! += mean;
    group.low[slot] = least(group.low[slot]!, low, high);
    group.high[slot] = greatest(group.high[slot]!, low, high);
  }
}

/** Of three numbers, leaving out NaN. */
const least = (...values: number[]) => Math.min(...values.filter((value) => !Number.isNaN(value)));
const greatest = (...values: number[]) => Math.max(...values.filter((value) => !Number.isNaN(value)));

function meanOf(values: Float64Array, start: number, end: number): number {
  let sum = 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    // Each point has its share at once: a sum of values near 1e308 would be infinite.
    count++;
    sum += (values[i]! - sum) / count;
  }
  return count === 0 ? Number.NaN : sum;
}

function firstAndLastFinite(y: Float64Array): { first: number; last: number } | undefined {
  let first = 0;
  let last = y.length - 1;
  while (first < y.length && !Number.isFinite(y[first]!)) first++;
  while (last > first && !Number.isFinite(y[last]!)) last--;
  return first < y.length ? { first, last } : undefined;
}

/** On the line from the last finite point before index `at` to the first from there on. */
function between(
  x: Float64Array,
  y: Float64Array,
  where: number,
  at: number,
  { first, last }: { first: number; last: number },
): number {
  let before = at - 1;
  let after = at;
  while (before >= first && !Number.isFinite(y[before]!)) before--;
  while (after <= last && !Number.isFinite(y[after]!)) after++;
  if (before < first || after > last) return Number.NaN;
  const width = x[after]! - x[before]!;
  if (width === 0) return y[after]!;
  const share = Math.min(1, Math.max(0, (where - x[before]!) / width));
  return y[before]! * (1 - share) + y[after]! * share;
}

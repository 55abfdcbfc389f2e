/** The curves of one chart, from the whole series of its runs. */
import type { CurveSet, Extent, Grid } from "../domain/curve";
import { type Points, traceOf } from "./buckets";
import { groupCurve } from "./groupCurves";
import { smooth } from "./smoothing";

export interface CurvesOptions {
  /** What of the x axis is to show; null: all of it. */
  range: Extent | null;
  log: boolean;
  buckets: number;
  /** Weight of smoothing.ts; 0: none. */
  smoothing: number;
  /** Ids of the runs of each group; null: each run is a curve. */
  groups: readonly (readonly string[])[] | null;
}

type GridOptions = Pick<CurvesOptions, "range" | "log" | "buckets">;

/** Null: there is nothing to draw. */
export function gridOf(series: Iterable<Pick<Points, "x">>, { range, log, buckets }: GridOptions): Grid | null {
  return gridWithin(extentOf(series, log), { range, log, buckets });
}

const gridWithin = (extent: Extent | null, { range, log, buckets }: GridOptions): Grid | null =>
  extent && { ...(range ?? extent), buckets, log };

/** `series`: by run, in the order in which they are to be drawn. */
export function curvesOf(series: ReadonlyMap<string, Points>, options: CurvesOptions): CurveSet {
  const { log, smoothing } = options;
  const extent = extentOf(series.values(), log);
  const grid = gridWithin(extent, options);
  if (!grid) return { grid, extent, curves: [], groups: [] };

  const longest = Math.max(...Array.from(series.values(), ({ y }) => y.length));
  const scratch = smoothing > 0 ? new Float64Array(longest) : null;
  const smoothed = ({ y }: Points, into?: Float64Array | null) => (into ? smooth(y, smoothing, into) : null);

  if (!options.groups) {
    const curves = Array.from(series, ([run, points]) => {
      return { run, ...traceOf(points, grid, smoothed(points, scratch)) };
    });
    return { grid, extent, curves, groups: [] };
  }
  const groups = options.groups.flatMap((ids, group) => {
    const members = ids.flatMap((id) => series.get(id) ?? []);
    if (members.length === 0) return [];
    // Each needs its own: all are looked at together.
    const both = members.map((points) => ({
      points,
      smoothed: smoothed(points, scratch && new Float64Array(points.y.length)),
    }));
    return [{ group, ...groupCurve(both, grid) }];
  });
  return { grid, extent, curves: [], groups };
}

/** From the least x to the greatest; on a log axis from the least above zero. */
function extentOf(series: Iterable<Pick<Points, "x">>, log: boolean): Extent | null {
  let from = Infinity;
  let to = -Infinity;
  for (const { x } of series) {
    const first = log ? x.find((value) => value > 0) : x[0];
    if (first === undefined) continue;
    from = Math.min(from, first);
    to = Math.max(to, x.at(-1)!);
  }
  return from <= to ? { from, to } : null;
}

/** In order of x; points of one x stay in the order they came in. */
export function inOrderOfX(points: Points): Points {
  const { x, y } = points;
  let ascends = true;
  for (let i = 1; i < x.length && ascends; i++) ascends = x[i - 1]! <= x[i]!;
  if (ascends) return points;
  const order = Uint32Array.from(x, (_, at) => at).sort((a, b) => x[a]! - x[b]! || a - b);
  return { x: Float64Array.from(order, (at) => x[at]!), y: Float64Array.from(order, (at) => y[at]!) };
}

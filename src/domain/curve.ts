/** What is drawn of metrics' series: asked for by a chart, made off its thread, drawn by it. */

/** Step; ms since the start of the run; ms since the epoch. */
export type CurveAxis = "step" | "relative" | "wall";

export interface Extent {
  from: number;
  to: number;
}

/** The part of the x axis that shows, cut into buckets of equal width (on a log axis: of equal ratio). */
export interface Grid extends Extent {
  /** Number of buckets, at most 65,535. */
  buckets: number;
  log: boolean;
}

/**
 * What is drawn of a series. With `slots` null, `x` and `y` are its points, with one beyond each end of the grid so that the
 * lines lead there. Else `slots` tells which buckets hold points, `x` is empty, and `y` has for each of them its least and
 * greatest finite value, in the order in which they occur; both NaN when there is none.
 */
export interface Trace {
  slots: Uint16Array | null;
  x: Float64Array;
  y: Float64Array;
  /** The smoothed value at each point, or of the last point in each bucket; null without smoothing. */
  smooth: Float64Array | null;
}

/** Several runs as one curve: a value for each bucket of the grid, NaN where no run of the group has one. */
export interface GroupCurve {
  mean: Float64Array;
  /** Least and greatest value of any run in the bucket: no spike of a single run is lost. */
  low: Float64Array;
  high: Float64Array;
  /** How many runs the mean is of. */
  runs: Uint16Array;
}

/** One metric of several runs, for one chart. */
export interface CurveSet {
  /** Null when there is nothing to draw. */
  grid: Grid | null;
  /** From the first to the last x of all series, whatever part of it shows. */
  extent: Extent | null;
  /** Without runs that do not have the metric; empty when groups were asked for. */
  curves: ({ run: string } & Trace)[];
  /** In the order in which they were asked for; a group none of whose runs has the metric is left out. */
  groups: ({ group: number } & GroupCurve)[];
}

/** Where on the x axis a bucket begins; fractions are within buckets: `edgeOf(grid, 0.5)` is the middle of the first. */
export function edgeOf({ from, to, buckets, log }: Grid, slot: number): number {
  const share = slot / buckets;
  if (log) return from * (to / from) ** share;
  return from + (to - from) * share;
}

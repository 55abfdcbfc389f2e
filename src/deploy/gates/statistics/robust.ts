/** The middle and the slope of values, whatever a few of them do. */

/** NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** More points are thinned out: pairs grow with their square. */
const MOST_POINTS = 300;

/**
 * The median of the slopes of all pairs of points; 0 when all have the same x.
 * Source: P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", JASA 63, 1968.
 */
export function theilSen(x: readonly number[], y: readonly number[]): number {
  const every = Math.ceil(x.length / MOST_POINTS);
  const places = x.map((_, at) => at).filter((at) => at % every === 0);
  const slopes: number[] = [];
  for (const [index, one] of places.entries()) {
    for (const other of places.slice(index + 1)) {
      if (x[other] !== x[one]) slopes.push((y[other]! - y[one]!) / (x[other]! - x[one]!));
    }
  }
  return slopes.length === 0 ? 0 : median(slopes);
}

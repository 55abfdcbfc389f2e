/** How far apart two numbers are. */

/**
 * Enough for sums that were added in another order in double precision, and too little for another result: the least that
 * a metric printed with five digits can differ by is ten times as much.
 */
export const DEFAULT_TOLERANCE = 1e-6;

/** |a − b| relative to the larger of the two; 0 for equal numbers, NaN equals NaN, else infinite when one is not finite. */
export function relativeDifference(one: number, other: number): number {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return 0;
  const difference = Math.abs(one - other) / Math.max(Math.abs(one), Math.abs(other));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

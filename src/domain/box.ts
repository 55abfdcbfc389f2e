/** A box plot's figures: where the middle half of some values lies, how far the others reach, and which stand apart. */
import * as z from "zod";

export const Box = z.object({
  /** The middle value, and those below and above which a quarter lies. */
  q1: z.number(),
  median: z.number(),
  q3: z.number(),
  /** The least and the greatest value that is no further from the box than one and a half times its height (Tukey 1977). */
  low: z.number(),
  high: z.number(),
  /** Values beyond, ascending; of very many the furthest. */
  outliers: z.array(z.number()),
  count: z.number(),
});
export type Box = z.infer<typeof Box>;

/** Outliers at each end that are told. */
const MOST_OUTLIERS = 50;

/** Of the finite ones among the values; null when there is none. */
export function boxOf(values: Iterable<number>): Box | null {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return null;
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [number, number, number];
  // Halved, because the difference of very great values would be infinite.
  const reach = (q3 / 2 - q1 / 2) * 3;
  const isNear = (value: number) => value >= q1 - reach && value <= q3 + reach;
  const first = sorted.findIndex(isNear);
  const last = sorted.findLastIndex(isNear);
  const below = sorted.subarray(0, first).slice(0, MOST_OUTLIERS);
  const above = sorted.subarray(last + 1).slice(-MOST_OUTLIERS);
  const [low, high] = [Math.min(sorted[first]!, q1), Math.max(sorted[last]!, q3)];
  return { q1, median, q3, low, high, outliers: [...below, ...above], count: sorted.length };
}

/** By a straight line between the two values beside it (type 7 of Hyndman and Fan 1996, as numpy has it). */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const part = place - below;
  if (part === 0) return sorted[below]!;
  return sorted[below]! * (1 - part) + sorted[below + 1]! * part;
}

/** How a training's series went, in a few figures that one wild point does not move. */
import { median, theilSen } from "./robust";

export interface Convergence {
  /** Medians of the first and of the last tenth of the points, and the best median of all tenths. */
  start: number;
  end: number;
  best: number;
  /** How much better the best is than the start, as a share of the start's size; negative never, 0 when it is not. */
  improvement: number;
  /** How much worse than the best the end is, as a share of what the best has improved. Infinite when nothing has. */
  rise: number;
  /** What the series still gains in a tenth of its steps at its end, as a share of the same; negative when it gets worse. */
  slope: number;
}

/** Fewer points tell nothing. */
export const LEAST_POINTS = 5;
const PARTS = 10;
/** The slope at the end is taken of this share of the points. */
const TAIL = 0.2;

/** Of finite values in step order, at least {@link LEAST_POINTS}. `less`: less is better. */
export function convergenceOf(steps: ArrayLike<number>, values: ArrayLike<number>, less: boolean): Convergence {
  const sign = less ? 1 : -1;
  const signed = Array.from(values, (value) => sign * value);
  const parts = Math.min(PARTS, signed.length);
  const medians = Array.from({ length: parts }, (_, part) =>
    median(signed.slice(Math.floor((part * signed.length) / parts), Math.floor(((part + 1) * signed.length) / parts))),
  );
  const [start, end, best] = [medians[0]!, medians.at(-1)!, Math.min(...medians)];
  const gain = start - best;
  const tail = Math.max(LEAST_POINTS, Math.ceil(TAIL * signed.length));
  const from = signed.length - Math.min(tail, signed.length);
  const perStep = theilSen(Array.from(steps).slice(from), signed.slice(from));
  const tenth = (steps[signed.length - 1]! - steps[0]!) / PARTS;
  return {
    start: sign * start,
    end: sign * end,
    best: sign * best,
    improvement: gain === 0 ? 0 : gain / Math.abs(start),
    rise: gain === 0 ? (end > best ? Number.POSITIVE_INFINITY : 0) : (end - best) / gain,
    slope: gain === 0 ? 0 : (-perStep * tenth) / gain,
  };
}

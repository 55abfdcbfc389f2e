/**
 * How far a figure could lie elsewhere on other rows like these, found by drawing from them again and again.
 * Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 6 and 13 (percentile intervals).
 */
import { quantile } from "./quantile";
import { seededRandom } from "./random";

export const DRAWS = 2_000;

/**
 * `figures` of each draw of as many rows, one list for each figure; figures of one draw are of the same rows. Rows of a
 * stratum are drawn from it alone; `strata` undefined: all rows are one. What is not finite is left out.
 */
export function bootstrap(
  rows: number,
  figures: (weights: Uint32Array) => readonly number[],
  options: { seed?: number; draws?: number; strata?: readonly (readonly number[])[] } = {},
): number[][] {
  const { seed = 0, draws = DRAWS, strata } = options;
  const random = seededRandom(seed);
  const weights = new Uint32Array(rows);
  const found: number[][] = [];
  for (let draw = 0; draw < draws; draw++) {
    weights.fill(0);
    if (strata) {
      for (const stratum of strata) {
        for (let i = 0; i < stratum.length; i++) weights[stratum[Math.floor(random() * stratum.length)]!]!++;
      }
    } else for (let i = 0; i < rows; i++) weights[Math.floor(random() * rows)]!++;
    for (const [at, figure] of figures(weights).entries()) {
      found[at] ??= [];
      if (Number.isFinite(figure)) found[at].push(figure);
    }
  }
  return found;
}

/** The values between which a figure lies with this confidence, on both sides alike; NaN without draws. */
export function interval(drawn: readonly number[], confidence: number): [low: number, high: number] {
  const sorted = drawn.toSorted((one, other) => one - other);
  return [quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2)];
}

/** The value below which, and the one above which, it is not with this confidence: each a limit on one side. */
export function oneSided(drawn: readonly number[], confidence: number): { lower: number; upper: number } {
  const sorted = drawn.toSorted((one, other) => one - other);
  return { lower: quantile(sorted, 1 - confidence), upper: quantile(sorted, confidence) };
}

/**
 * Whether two classifiers differ on the same rows, going by the rows that one gets right and the other wrong.
 * Sources: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
 * Psychometrika 12, 1947; T. G. Dietterich, "Approximate Statistical Tests for Comparing Supervised Classification Learning
 * Algorithms", Neural Computation 10, 1998. Exact by the binomial distribution, also for many rows: it costs little.
 */

export interface McNemar {
  /** Rows that only the first got right, and only the second. */
  onlyFirst: number;
  onlySecond: number;
  /** The chance of so many or more for the first if both were equally good: small when the second is worse. */
  secondIsWorse: number;
  /** The same for a difference of either kind. */
  different: number;
  /** With a correction for continuity; follows chi-squared with 1 degree of freedom when there are many (25 or so). */
  chiSquared: number;
}

export function mcnemar(first: ArrayLike<boolean>, second: ArrayLike<boolean>): McNemar {
  let [onlyFirst, onlySecond] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    if (first[i] && !second[i]) onlyFirst++;
    if (!first[i] && second[i]) onlySecond++;
  }
  const pairs = onlyFirst + onlySecond;
  return {
    onlyFirst,
    onlySecond,
    secondIsWorse: atLeast(onlyFirst, pairs),
    different: Math.min(1, 2 * atLeast(Math.max(onlyFirst, onlySecond), pairs)),
    chiSquared: pairs === 0 ? 0 : Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / pairs,
  };
}

/** The chance of at least `count` heads in `tosses` of a fair coin. */
export function atLeast(count: number, tosses: number): number {
  if (count <= 0) return 1;
  // The longer tail would lose digits.
  if (2 * count <= tosses) return 1 - atLeast(tosses - count + 1, tosses);
  // From the term of `count` on, each from the one before; as logarithms, for 0.5^tosses may be too small for a number.
  let log = -tosses * Math.LN2;
  for (let i = 1; i <= tosses - count; i++) log += Math.log((tosses - i + 1) / i);
  let term = 1;
  let sum = 0;
  for (let heads = count; heads <= tosses && term > 0; heads++) {
    sum += term;
    term *= (tosses - heads) / (heads + 1);
  }
  return Math.min(1, Math.exp(log + Math.log(sum)));
}

/** How few pairs that differ can show anything at this confidence, if all of them differ the same way. */
export const leastPairs = (confidence: number) => Math.ceil(Math.log2(1 / (1 - confidence)) - 1e-9);

/**
 * How alike groups are treated. Definitions are fairlearn's (goldens in the tests): M. Hardt, E. Price, N. Srebro, "Equality of
 * Opportunity in Supervised Learning", 2016; A. Agarwal et al., "A Reductions Approach to Fair Classification", 2018.
 */

export interface GroupRates {
  rows: number;
  /** The share that got a yes. */
  selection: number;
  /** Of those that should, and of those that should not have got one; NaN without any. */
  truePositive: number;
  falsePositive: number;
}

/** `groups`: numbers below `count`; rows of -1 are left out. Row i counts `weights[i]` times. */
export function groupRates(
  groups: ArrayLike<number>,
  count: number,
  actual: ArrayLike<boolean>,
  predicted: ArrayLike<boolean>,
  weights: ArrayLike<number>,
): GroupRates[] {
  const sums = Array.from({ length: count }, () => ({ rows: 0, yes: 0, should: 0, hits: 0, alarms: 0 }));
  for (let i = 0; i < groups.length; i++) {
    const sum = sums[groups[i]!];
    if (!sum) continue;
    const weight = weights[i]!;
    sum.rows += weight;
    if (predicted[i]) sum.yes += weight;
    if (actual[i]) sum.should += weight;
    if (predicted[i] && actual[i]) sum.hits += weight;
    if (predicted[i] && !actual[i]) sum.alarms += weight;
  }
  return sums.map(({ rows, yes, should, hits, alarms }) => ({
    rows,
    selection: yes / rows,
    truePositive: hits / should,
    falsePositive: alarms / (rows - should),
  }));
}

export interface Disparity {
  parityDifference: number;
  parityRatio: number;
  oddsDifference: number;
  oddsRatio: number;
}

/** 0 and 1: all are treated alike. NaN when there are fewer than two groups to compare. */
export function disparity(rates: readonly GroupRates[]): Disparity {
  const selection = apart(rates.map((rate) => rate.selection));
  const hits = apart(rates.map((rate) => rate.truePositive));
  const alarms = apart(rates.map((rate) => rate.falsePositive));
  return {
    parityDifference: selection.difference,
    parityRatio: selection.ratio,
    oddsDifference: Math.max(hits.difference, alarms.difference),
    oddsRatio: Math.min(hits.ratio, alarms.ratio),
  };
}

function apart(rates: readonly number[]): { difference: number; ratio: number } {
  const known = rates.filter((rate) => !Number.isNaN(rate));
  if (known.length < 2) return { difference: Number.NaN, ratio: Number.NaN };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  // All 0: nobody is worse off than others.
  return { difference: high - low, ratio: high === 0 ? 1 : low / high };
}

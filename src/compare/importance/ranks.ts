/** Spearman's rank correlation: how steadily one column rises or falls with another, whatever the shape of it. */

/** From -1 to 1; NaN when one of the columns has one value only, or there are fewer than three pairs. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  if (x.length < 3) return Number.NaN;
  const [a, b] = [ranksOf(x), ranksOf(y)];
  const middle = (x.length + 1) / 2;
  let [both, first, second] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    const [da, db] = [a[at]! - middle, b[at]! - middle];
    both += da * db;
    first += da * da;
    second += db * db;
  }
  return both / Math.sqrt(first * second);
}

/** From 1 on; equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks: number[] = new Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranks[order[at]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

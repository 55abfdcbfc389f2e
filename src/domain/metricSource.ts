/** Where a metric's points may come from, the most trusted first. */

/**
 * When two sources report the same metric at the same step, the earlier in this list is kept: what the script logged on
 * purpose is exact, what was read off its output is rounded. Sources that are not named here stand last but one.
 */
const RANKING = ["api", "mlflow", "tensorboard", "metrics-file", "system"];
const WORST = "output";

/** The lower, the more trusted. */
export function sourceRank(source: string): number {
  if (source === WORST) return RANKING.length + 1;
  const place = RANKING.indexOf(source);
  return place < 0 ? RANKING.length : place;
}

/** Shares of requests as clouds take them: whole numbers that come to 100. */

/** Nobody who gets some is left with none. `percents` come to 100, the first of them the champion's. */
export function wholeShares(percents: readonly number[]): number[] {
  const [, ...others] = percents;
  const whole = others.map((percent) => (percent > 0 ? Math.min(99, Math.max(1, Math.round(percent))) : 0));
  return [100 - whole.reduce((sum, percent) => sum + percent, 0), ...whole];
}

/**
 * Exponential smoothing as TensorBoard has it, so that a slider at 0.6 means what people know: each value counts `1 - weight`,
 * what came before `weight`, and the beginning is freed of its pull towards zero (divided by 1 - weight^n). It runs over all
 * points of a series, not over what is drawn of it.
 */

/**
 * The smoothed value at every point. `weight` from 0 (none) up to, not including, 1. NaN and infinities stay as they are and
 * do not touch the values after them. Writes to `into` when given, which is at least as long, and gives the part it filled.
 */
export function smooth(y: Float64Array, weight: number, into: Float64Array = new Float64Array(y.length)): Float64Array {
  let average = 0;
  let missing = 1;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    // Neither NaN nor infinite.
    if (value - value !== 0) {
      into[i] = value;
      continue;
    }
    average = average * weight + value * (1 - weight);
    // Far from the beginning it is free of it, and a division would cost more than all else here.
    if (missing > 1e-17) {
      missing *= weight;
      into[i] = average / (1 - missing);
    } else into[i] = average;
  }
  return into.subarray(0, y.length);
}

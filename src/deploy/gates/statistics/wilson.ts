/** Where a share lies that was seen in some of so many rows. */

/**
 * An interval that holds for few rows too. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22, 1927.
 */
export function wilson(count: number, rows: number, confidence: number): [low: number, high: number] {
  if (rows === 0) return [0, 1];
  const z = normalQuantile((1 + confidence) / 2);
  const share = count / rows;
  const scale = 1 + z ** 2 / rows;
  const middle = (share + z ** 2 / (2 * rows)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / rows + z ** 2 / (4 * rows ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
];
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];
const TAIL = 0.02425;

/**
 * The value that a standard normal number is below with this chance, to about nine digits.
 * Source: P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function", 2003.
 */
export function normalQuantile(chance: number): number {
  if (chance < TAIL) {
    const q = Math.sqrt(-2 * Math.log(chance));
    return polynomial(C, q) / polynomial(D, q);
  }
  if (chance > 1 - TAIL) return -normalQuantile(1 - chance);
  const q = chance - 0.5;
  return (q * polynomial(A, q * q)) / polynomial(B, q * q);
}

/** By Horner, the highest power first. */
const polynomial = (factors: readonly number[], x: number) => factors.reduce((sum, factor) => sum * x + factor, 0);

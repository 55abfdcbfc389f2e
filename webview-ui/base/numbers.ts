/** Values as cells, legends and axes show them. */
import { formatNumber } from "../../src/domain/format";

/** Five significant digits at most; "NaN", "∞" and "-∞" for what is no number. */
export function showNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "∞";
  if (value === Number.NEGATIVE_INFINITY) return "-∞";
  return formatNumber(value);
}

/** Every digit that tells the number from its neighbours: for copies and titles. */
export const exactNumber = (value: number): string => String(value);

/** A difference, with its sign: "+0.02", "-3", "±0". */
export function showDifference(value: number): string {
  if (value === 0) return "±0";
  return value > 0 ? `+${showNumber(value)}` : showNumber(value);
}

/** "0.91 ± 0.02". */
export const showSpread = (mean: number, spread: number): string => `${showNumber(mean)} ± ${showNumber(spread)}`;

export { oneLine as showText } from "../../src/domain/oneLine";

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

const MOST_CHARACTERS = 300;

/**
 * One line of a text of any length, without what would turn around or hide what stands beside it: control characters and marks
 * of direction are shown as "�".
 */
export function showText(text: string, most = MOST_CHARACTERS): string {
  const line = text.slice(0, most + 1).replace(/[\n\r\t\u2028\u2029]+/g, " ");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const shown = line.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
  return text.length > most ? `${shown.slice(0, most)}…` : shown;
}

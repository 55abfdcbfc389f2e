/** How single values of a comparison are written. */
import type { ComparedMetric, ComparedSide } from "../domain/comparison";
import { formatNumber } from "../domain/format";

/** A side has no such thing. */
export const NONE = "(none)";
/** Longer values are cut. */
const WIDTH = 48;
/** Characters that are left of what all values begin with. */
const CONTEXT = 12;
/** Above so many sides, columns are numbered instead of named. */
const NAMED_SIDES = 4;
const NAME_WIDTH = 28;

/** What stands above the column of each side. */
export function sideLabels(sides: readonly ComparedSide[]): string[] {
  if (sides.length > NAMED_SIDES) return sides.map((_, at) => String(at + 1));
  return sides.map(({ name }) => cut(name, NAME_WIDTH));
}

/**
 * The values of one name, with a word where there is none, and cut so that what differs is seen. `can`: whether a side can have
 * such a value; where not, the cell is empty.
 */
export function valueCells(values: readonly (string | null)[], can: readonly boolean[]): string[] {
  const known = values.filter((value) => value !== null);
  const start = known.some((value) => value.length > WIDTH) ? Math.max(0, commonStart(known) - CONTEXT) : 0;
  return values.map((value, side) => {
    if (value === null) return can[side] ? NONE : "";
    return cut(start > 0 ? `…${value.slice(start)}` : value, WIDTH);
  });
}

function commonStart(values: readonly string[]): number {
  const [first = "", ...others] = values;
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length++;
  // What is the same from beginning to end is shown from its beginning.
  return length === first.length && others.every((other) => other.length === length) ? 0 : length;
}

export function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** E.g. "+0.009 (+0.96%)"; "=" when it is the same; empty when there is nothing to compare. */
export function changeCell({ values: [first], change }: ComparedMetric, side: number): string {
  const difference = change[side];
  if (difference == null || Number.isNaN(difference) || !first) return "";
  if (difference === 0) return "=";
  const percent = (difference / Math.abs(first.last)) * 100;
  const relative = Number.isFinite(percent) ? ` (${signed(Number(percent.toPrecision(3)))}%)` : "";
  return signed(difference) + relative;
}

const signed = (value: number) => (value > 0 ? "+" : "") + formatNumber(value);

/** E.g. "3 files", "1 file". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

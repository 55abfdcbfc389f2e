/** Axes for columns of runs: numbers, linear or logarithmic, and words side by side. */
import { formatDuration } from "../../src/domain/format";
import { showNumber, showText } from "../base/numbers";
import type { AxisOptions } from "../plot/axes";
import { padded, rangeOf } from "../plot/scale";
import type { Column } from "./columns";

const MOST_LETTERS = 18;

/** Of the runs in `rows`. Null: none of their values can be drawn (on a log axis: none is above zero). */
export function axisFor(column: Column, rows: readonly number[], log: boolean): AxisOptions | null {
  const title = showText(column.label, 60);
  if (column.words) {
    if (column.words.length === 0) return null;
    const words = column.words.map((word) => showText(word, MOST_LETTERS));
    return { range: { from: -0.5, to: words.length - 0.5 }, log: false, title, words };
  }
  const range = rangeOf([valuesOf(column, rows)], log);
  return range && { range: padded(range, log), log, kind: column.kind, title };
}

export const valuesOf = ({ values }: Column, rows: readonly number[]): number[] => rows.map((row) => values[row]!);

/** A value as people read it. */
export function showValue({ words, kind }: Column, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (words) return showText(words[value] ?? "", 60);
  if (kind === "time") return new Date(value).toLocaleString();
  if (kind === "duration") return formatDuration(value);
  return showNumber(value);
}

/** A value for a table that is taken elsewhere: every digit; times as ISO 8601, durations in seconds. */
export function exactValue({ words, kind }: Column, value: number): string {
  if (Number.isNaN(value)) return "";
  if (words) return words[value] ?? "";
  if (kind === "time") return new Date(value).toISOString();
  return String(kind === "duration" ? value / 1_000 : value);
}

/** How far values of the column lie apart is no value of it: between times there are durations. */
export const apart = (column: Column): Column => (column.kind === "time" ? { ...column, kind: "duration" } : column);

/** Values that lie so far apart are told apart on a logarithmic axis only. */
const DECADES = 2;

export function suitsLog({ values, words, kind }: Column): boolean {
  if (words || kind === "time" || kind === "duration") return false;
  const all = rangeOf([values], false);
  const above = rangeOf([values], true);
  return all !== null && above !== null && all.from > 0 && Math.log10(above.to / above.from) >= DECADES;
}

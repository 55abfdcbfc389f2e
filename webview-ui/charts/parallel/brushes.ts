/** Parts of axes that choose runs: what they let through, how they are moved, and what they say as a filter. */
import { nameInFilter, quoteInFilter } from "../../../src/domain/query/grammar";
import { columnOf } from "../../../src/domain/table/columns";
import type { Brush } from "../../../src/protocol/chartsState";
import { type Range, rangeOf } from "../../plot/scale";
import type { Column } from "../columns";

/** The lower and the upper end of a brush, as values of the column; of words, their places. */
export type Ends = Range;

/** From the least to the greatest value of the column; null: it has none. */
export function wholeOf({ values, words }: Column, log: boolean): Ends | null {
  return words ? (words.length > 0 ? { from: 0, to: words.length - 1 } : null) : rangeOf([values], log);
}

/** Whether a brush is of this kind of column: a param may have become a word since. */
const suits = ({ words }: Column, brush: Brush): boolean => "words" in brush === (words !== null);

/** Where a brush begins and ends; without one, the whole axis. */
export function endsOf(column: Column, whole: Ends, brush: Brush | undefined): Ends {
  if (!brush || !suits(column, brush)) return whole;
  if (!("words" in brush)) return { from: brush.from ?? whole.from, to: brush.to ?? whole.to };
  const places = brush.words.map((word) => column.words!.indexOf(word)).filter((place) => place >= 0);
  // None of its words is there any more.
  return places.length === 0 ? whole : { from: Math.min(...places), to: Math.max(...places) };
}

/** Null: it would let everything through, and is none. */
export function brushBetween(column: Column, whole: Ends, log: boolean, { from, to }: Ends): Brush | null {
  if (column.words) {
    // The words that lie within, or else the one that is next to it.
    const middle = Math.round((from + to) / 2);
    const isBetween = Math.ceil(from) > Math.floor(to);
    const first = Math.max(whole.from, isBetween ? middle : Math.ceil(from));
    const last = Math.min(whole.to, isBetween ? middle : Math.floor(to));
    if (first <= whole.from && last >= whole.to) return null;
    return { words: column.words.slice(first, last + 1) };
  }
  const lower = from <= whole.from ? null : readable(from, whole, log);
  const upper = to >= whole.to ? null : readable(to, whole, log);
  return lower === null && upper === null ? null : { from: lower, to: upper };
}

/** With no more digits than a pixel is worth, because filters show it. */
function readable(value: number, { from, to }: Ends, log: boolean): number {
  if (log) return Number(value.toPrecision(3));
  const step = 10 ** Math.floor(Math.log10((to / 2 - from / 2) / 125));
  if (!(step > 0) || !Number.isFinite(value / step)) return value;
  return Number((Math.round(value / step) * step).toPrecision(12));
}

const STEPS = 50;

/** One end of a brush, moved by so many steps up or down, no further than the other end. */
export function steppedEnd(
  column: Column,
  whole: Ends,
  log: boolean,
  ends: Ends,
  which: "from" | "to",
  steps: number,
): Ends {
  const now = ends[which];
  const [low, high] = which === "from" ? [whole.from, ends.to] : [ends.from, whole.to];
  const moved = column.words
    ? now + steps
    : log
      ? now * (whole.to / whole.from) ** (steps / STEPS)
      : now + (whole.to / STEPS - whole.from / STEPS) * steps;
  return { ...ends, [which]: Math.min(high, Math.max(low, moved)) };
}

/** Whether a run is left. What is missing never is. */
export function passes(column: Column, brush: Brush, row: number): boolean {
  const value = column.values[row]!;
  if (!suits(column, brush)) return true;
  if ("words" in brush) return brush.words.includes(column.words![value] ?? "");
  return value >= (brush.from ?? -Infinity) && value <= (brush.to ?? Infinity);
}

export interface Brushed {
  column: Column;
  brush: Brush;
}

/** Those of the rows that all brushes let through. */
export const rowsLeft = (rows: readonly number[], brushed: readonly Brushed[]): number[] =>
  rows.filter((row) => brushed.every(({ column, brush }) => passes(column, brush, row)));

/** Longer ones cannot be kept with the table's view. */
const LONGEST = 20_000;

/**
 * The brushes as a filter of the Runs table, readable where its words allow it; else it names the runs that are left, by `ids`.
 * Empty: there are no brushes.
 */
export function filterOf(brushed: readonly Brushed[], ids: readonly string[]): string {
  const used = brushed.filter(({ column, brush }) => suits(column, brush));
  const conditions = used.map(conditionOf);
  const text = conditions.join(" AND ");
  if (!conditions.includes(undefined) && text.length <= LONGEST) return text;
  return ids.length === 0 ? "run_id = ''" : `run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`;
}

function conditionOf({ column, brush }: Brushed): string | undefined {
  const key = columnOf(column.id);
  const name = key && (key.aspect ?? "last") === "last" ? nameInFilter(key) : undefined;
  if (name === undefined) return undefined;
  if (!("words" in brush)) {
    const lower = brush.from === null ? [] : [`${name} >= ${brush.from}`];
    const upper = brush.to === null ? [] : [`${name} <= ${brush.to}`];
    return [...lower, ...upper].join(" AND ");
  }
  const words = brush.words.map(quoteInFilter);
  if (words.length === 0 || words.includes(undefined)) return undefined;
  const each = words.map((word) => `${name} = ${word}`);
  return each.length === 1 ? each[0] : `(${each.join(" OR ")})`;
}

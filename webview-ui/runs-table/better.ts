/** Which of two values of a metric is better, and where a value stands among all. */
import type { ColumnKey } from "../../src/domain/table/columns";
import type { TableView } from "../../src/protocol/tableView";
import type { TableData } from "./data";
import { numberIn } from "./order";

export type Direction = "less" | "more" | "neither";

/** As set by hand, else as guessed from the name. Counts of points and steps are neither. */
export function directionOf(column: ColumnKey, view: TableView, lessIsBetter: ReadonlySet<string>): Direction {
  if (column.source !== "metric" || column.aspect === "count" || column.aspect === "lastStep") return "neither";
  if (Object.hasOwn(view.better, column.key)) return view.better[column.key]!;
  if (column.key.startsWith("system/")) return "neither";
  return lessIsBetter.has(column.key) ? "less" : "more";
}

export type Verdict = "better" | "worse" | "same" | undefined;

/** Of a value against the baseline's; undefined where the direction, or one of them, says nothing. */
export function judge(value: number, baseline: number, direction: Direction): Verdict {
  if (direction === "neither" || Number.isNaN(value) || Number.isNaN(baseline)) return undefined;
  if (value === baseline) return "same";
  return value > baseline === (direction === "more") ? "better" : "worse";
}

export interface Span {
  min: number;
  max: number;
}

/** Finite numbers of a column among these rows; undefined when there are not two different ones. */
export function spanOf(data: TableData, column: ColumnKey, rows: Iterable<number>): Span | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const value = quantity(data, column, row);
    if (value === undefined || !Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min < max ? { min, max } : undefined;
}

/** A cell's number, also of params, which are texts. */
export function quantity(data: TableData, column: ColumnKey, row: number): number | undefined {
  const value = data.value(column, row);
  return typeof value === "string" ? numberIn(value) : value;
}

/** From 0 to 1, where 1 is the better end, or the higher one where neither is better. */
export function heatOf(value: number, { min, max }: Span, direction: Direction): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  // Halved first: from -1e308 to 1e308 is more than a number can say.
  const place = (value / 2 - min / 2) / (max / 2 - min / 2);
  return direction === "less" ? 1 - place : place;
}

/** Rows with the same values, as one: mean and spread of numbers, what texts have in common. */
import { type ColumnKey, columnOf } from "../../src/domain/table/columns";
import { showNumber, showSpread } from "../base/numbers";
import { showValue } from "./cellText";
import { titleOf } from "./columns";
import type { TableData, Value } from "./data";
import { numberIn } from "./order";

export interface RowGroup {
  /** The same for the same values, whatever the order of the rows. */
  key: string;
  /** Of the columns that are grouped by, in their order. */
  values: { column: ColumnKey; value: Value }[];
  /** In the order of the rows. */
  rows: number[];
}

/** In the order in which their first rows come. */
export function groupRows(rows: Uint32Array, groups: readonly string[], data: TableData): RowGroup[] {
  const columns = groups.flatMap((id) => columnOf(id) ?? []);
  const found = new Map<string, RowGroup>();
  for (const row of rows) {
    const values = columns.map((column) => ({ column, value: data.value(column, row) }));
    const key = JSON.stringify(
      values.map(({ value }) => (typeof value === "number" ? String(value) : (value ?? null))),
    );
    const group = found.get(key);
    if (group) group.rows.push(row);
    else found.set(key, { key, values, rows: [row] });
  }
  return [...found.values()];
}

export function groupTitle({ values }: RowGroup, now: number): string {
  const parts = values.map(({ column, value }) => `${titleOf(column)} ${showValue(column, value, now) || "none"}`);
  return parts.join(", ");
}

export interface Summary {
  /** Numbers: how many, their mean and their sample standard deviation (n - 1 in the divisor; 0 of one). NaN are left out. */
  count: number;
  mean: number;
  spread: number;
}

/** Undefined when none of the rows has a number. */
export function summarize(data: TableData, column: ColumnKey, rows: readonly number[]): Summary | undefined {
  let [count, mean, squares] = [0, 0, 0];
  for (const row of rows) {
    const value = data.value(column, row);
    const number = typeof value === "string" ? numberIn(value) : value;
    if (number === undefined || Number.isNaN(number)) continue;
    // Welford's algorithm, which loses no digits where values are large and close together.
    count++;
    const distance = number - mean;
    mean += distance / count;
    squares += distance * (number - mean);
  }
  if (count === 0) return undefined;
  return { count, mean, spread: count > 1 ? Math.sqrt(squares / (count - 1)) : 0 };
}

/** What a group's cell says: the common value, mean and spread, or how many values there are. */
export function showGroupCell(data: TableData, column: ColumnKey, rows: readonly number[], now: number): string {
  const first = data.value(column, rows[0]!);
  if (rows.every((row) => Object.is(data.value(column, row), first))) return showValue(column, first, now);
  const isQuantity = column.source === "metric" || column.source === "param" || column.key === "duration";
  if (isQuantity) {
    const summary = summarize(data, column, rows);
    const isAll = summary?.count === rows.filter((row) => data.value(column, row) !== undefined).length;
    if (summary && (isAll || column.source === "metric")) {
      if (column.key === "duration" && column.source === "run") return showValue(column, summary.mean, now);
      return summary.count > 1 ? showSpread(summary.mean, summary.spread) : showNumber(summary.mean);
    }
  }
  const distinct = new Set(rows.map((row) => data.value(column, row)));
  return `${distinct.size} values`;
}

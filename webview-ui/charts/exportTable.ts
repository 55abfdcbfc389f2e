/** The values behind a chart, as a table to be saved. */
import type { ChartRun } from "../../src/protocol/charts";
import type { CopiedTable } from "../runs-table/copy";
import type { Column } from "./columns";
import { exactValue } from "./valueAxis";

/** A row for each of these runs. */
export function runTable(runs: readonly ChartRun[], rows: readonly number[], columns: readonly Column[]): CopiedTable {
  const distinct = [...new Map(columns.map((column) => [column.id, column])).values()];
  return {
    heading: ["run", "id", ...distinct.map(({ label }) => harmless(label))],
    rows: rows.map((row) => {
      const { id, name } = runs[row]!;
      return [harmless(name), id, ...distinct.map((column) => cellOf(column, column.values[row]!))];
    }),
  };
}

const cellOf = (column: Column, value: number) => {
  const text = exactValue(column, value);
  return column.words ? harmless(text) : text;
};

/** What a spreadsheet would take for a formula begins with a quote mark instead. */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

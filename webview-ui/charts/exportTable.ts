/** The values behind a chart, as a table to be saved. */
import { harmlessCell } from "../../src/domain/spreadsheet";
import type { ChartRun } from "../../src/protocol/charts";
import type { CopiedTable } from "../runs-table/copy";
import type { Column } from "./columns";
import { exactValue } from "./valueAxis";

/** A row for each of these runs. */
export function runTable(runs: readonly ChartRun[], rows: readonly number[], columns: readonly Column[]): CopiedTable {
  const distinct = [...new Map(columns.map((column) => [column.id, column])).values()];
  return {
    heading: ["run", "id", ...distinct.map(({ label }) => harmlessCell(label))],
    rows: rows.map((row) => {
      const { id, name } = runs[row]!;
      return [harmlessCell(name), id, ...distinct.map((column) => cellOf(column, column.values[row]!))];
    }),
  };
}

const cellOf = (column: Column, value: number) => {
  const text = exactValue(column, value);
  return column.words ? harmlessCell(text) : text;
};

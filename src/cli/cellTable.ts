/** Executions of a notebook's cells as a table. */
import { cellDuration } from "../domain/cellDuration";
import type { CellExecution, CellStatus } from "../domain/cells";
import { oneLine, type Style, styled, table } from "./print";

const STYLES: Record<CellStatus, Style> = { running: "blue", succeeded: "green", failed: "red", cancelled: "yellow" };

export function cellTable(cells: readonly CellExecution[]): string {
  return table([["  ran", "cell", "count", "status", "took", ""], ...cells.map(row)]);
}

function row(cell: CellExecution): string[] {
  const { ordinal, index, executionCount, status, title, error } = cell;
  const took = cellDuration(cell);
  const what = error ? `${title}  ${error.name}: ${error.message}` : title;
  // As people count the cells of a notebook.
  const place = String(index + 1);
  return [
    `  ${ordinal}`,
    place,
    executionCount === null ? "" : `[${executionCount}]`,
    styled(status, STYLES[status]),
    took,
    oneLine(what),
  ];
}

/** Executions of a notebook's cells as a table. */
import type { CellExecution, CellStatus } from "../domain/cells";
import { formatDuration } from "../domain/format";
import { oneLine, type Style, styled, table } from "./print";

const STYLES: Record<CellStatus, Style> = { running: "blue", succeeded: "green", failed: "red", cancelled: "yellow" };

export function cellTable(cells: readonly CellExecution[]): string {
  return table([["  ran", "cell", "count", "status", "took", ""], ...cells.map(row)]);
}

function row({ ordinal, index, executionCount, status, startTime, endTime, title, error }: CellExecution): string[] {
  const took = endTime === null ? "" : formatDuration(endTime - startTime);
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

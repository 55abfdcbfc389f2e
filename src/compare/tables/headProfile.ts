/** What the first rows of a table tell: its columns, and which of them could be a key. */
import type { TableFormat } from "../../domain/tableComparison";
import { type Cell, INTEGER, TEXT, TIME } from "./cell";
import { MOST_COLUMNS } from "./limits";
import { FaultLog } from "./readers/faultLog";
import { readTable } from "./readers/readTable";
import type { CellSink } from "./readers/tableReader";
import { hashNumber } from "./sketches/distinctSketch";

export interface HeadColumn {
  name: string;
  /** Every row so far has a value and no two have the same one. */
  isUnique: boolean;
}

export const HEAD_ROWS = 8192;

/** Rejects as `readTable` does. */
export async function readHead(file: string, format: TableFormat): Promise<HeadColumn[]> {
  const sink = new HeadSink();
  await readTable(file, { format, sink, faults: new FaultLog(), limit: HEAD_ROWS, onProgress: () => {} });
  return sink.columns();
}

class HeadSink implements CellSink {
  private readonly found = new Map<string, { index: number; values: Set<number>; mayBeKey: boolean }>();
  private readonly byIndex: { values: Set<number>; mayBeKey: boolean; count: number }[] = [];
  private rows = 0;

  column(name: string): number {
    const known = this.found.get(name);
    if (known) return known.index;
    if (this.found.size === MOST_COLUMNS) return -1;
    const column = { index: this.byIndex.length, values: new Set<number>(), mayBeKey: true, count: 0 };
    this.found.set(name, column);
    this.byIndex.push(column);
    return column.index;
  }

  cell(_row: number, index: number, cell: Cell): void {
    const column = this.byIndex[index];
    if (!column?.mayBeKey) return;
    column.count++;
    // Measured numbers are often all different, but they do not name a row.
    if (cell.kind !== INTEGER && cell.kind !== TEXT && cell.kind !== TIME) column.mayBeKey = false;
    else column.values.add(hashNumber(cell.low, cell.high));
    if (column.values.size < column.count) column.mayBeKey = false;
    if (!column.mayBeKey) column.values = new Set();
  }

  flush(rows: number): boolean {
    this.rows += rows;
    return this.rows < HEAD_ROWS;
  }

  columns(): HeadColumn[] {
    return [...this.found].map(([name, { index }]) => {
      const { mayBeKey, count } = this.byIndex[index]!;
      return { name, isUnique: mayBeKey && this.rows > 0 && count >= this.rows };
    });
  }
}

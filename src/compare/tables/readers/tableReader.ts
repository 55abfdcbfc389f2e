/** What a reader of one format gives, and to whom. */
import type { TableDescription, TableFormat } from "../../../domain/tableComparison";
import type { Cell } from "../cell";
import { DamagedError } from "./byteSource";
import type { FaultLog } from "./faultLog";

/** Takes a table's values, some rows at a time and those in any order. */
export interface CellSink {
  /** The index of a column; -1 when there are too many. What the file says of its type is null where it says nothing. */
  column(name: string, declaredType: string | null): number;
  /** `row` counts from the last `flush` on. The cell is filled anew afterwards. Missing values are not handed over. */
  cell(row: number, column: number, cell: Cell): void;
  /** So many rows are complete; false: no more are wanted. */
  flush(rows: number): boolean;
}

export interface ReadOptions {
  format: TableFormat;
  sink: CellSink;
  faults: FaultLog;
  /** Called now and then with the bytes of the file that have been read. */
  onProgress: (bytes: number) => void;
  /** A hint: no more rows than this are wanted. */
  limit?: number;
}

/** What is known of the table besides its values. */
export type TableFacts = Pick<TableDescription, "encoding" | "gzipped" | "delimiter" | "header" | "complete">;

/** Rows that are handed over at a time by formats that are read row by row. */
export const BATCH_ROWS = 1024;

/** Whether all could be read by `action`; what could not becomes a fault. */
export async function readWhole(faults: FaultLog, action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    faults.add(error.kind, null, error.message);
    return false;
  }
}

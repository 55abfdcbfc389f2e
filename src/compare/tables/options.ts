/** What is asked of `describeTable(source, options)` and `compareTables(before, after, options)`. */
import type { TableFormat } from "../../domain/tableComparison";

export interface TableSource {
  /** Absolute. An object of the store is fine: what it holds is told by `format`. */
  path: string;
  /** Default: by the path's extension (`tableFormatOf`). Whether it is gzipped is seen from its first bytes. */
  format?: TableFormat;
}

export interface TableOptions {
  /** Ends the work; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** A few times a second: bytes read and bytes to read, of all files together. */
  onProgress?: (done: number, total: number) => void;
  /** Default: the built worker. */
  workerFile?: string;
}

export interface CompareTablesOptions extends TableOptions {
  /** The column by which rows are matched. Default: one that looks like a key and has no value twice, if there is one. */
  keyColumn?: string;
}

/** Reading many runs as columns. */
import type { ColumnCells, ColumnKey, TableRows, TableScope } from "../../domain/table/columns";

/** Runs with all that they have. */
export interface TablePart {
  rows: TableRows;
  columns: ColumnCells[];
}

/** All runs of a scope, and what columns there are. */
export interface TableIndex {
  rows: TableRows;
  columns: ColumnKey[];
  /** How many runs there are, with those that are too many to show. */
  total: number;
}

/** The runs that are shown at most: the newest. */
export const MOST_ROWS = 20_000;

export interface TableStore {
  /** The newest `limit` runs with every column that they have (metrics: "last"), and these `more` columns. */
  part(scope: TableScope, limit: number, more: readonly ColumnKey[]): TablePart;
  index(scope: TableScope): TableIndex;
  /** May have cells of runs outside of the scope, deleted ones too. A column that nobody has is empty. */
  columns(scope: TableScope, columns: readonly ColumnKey[]): ColumnCells[];
}

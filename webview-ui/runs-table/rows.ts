/** From data and view to what stands in the table, row by row. */

import { parseTableFilter, type TableFilter } from "../../src/domain/query/grammar";
import { columnsInFilter, type Mask, matchRows } from "../../src/domain/query/match";
import { SearchError } from "../../src/domain/search/filter";
import { type ColumnKey, columnOf } from "../../src/domain/table/columns";
import type { TableView } from "../../src/protocol/tableView";
import { START } from "./columns";
import type { TableData } from "./data";
import { groupRows, type RowGroup } from "./groups";
import { sortRows } from "./order";

export type Line =
  | { kind: "run"; row: number; inGroup: boolean }
  | { kind: "group"; group: RowGroup; unfolded: boolean };

export interface Arranged {
  /** Rows that the filter lets through, sorted. */
  rows: Uint32Array;
  lines: Line[];
}

export interface ReadFilter {
  filter: TableFilter | null;
  /** Why the text is no filter; then everything is let through. */
  fault?: string;
}

export function readFilter(text: string): ReadFilter {
  try {
    return { filter: parseTableFilter(text) };
  } catch (error) {
    if (error instanceof SearchError) return { filter: null, fault: error.message };
    throw error;
  }
}

/** Columns that decide which rows stand where. */
export function decidingColumns(view: TableView, { filter }: ReadFilter, data: TableData): ColumnKey[] {
  const named = [...view.sort.map(({ column }) => column), ...view.groups];
  return [START, ...columnsInFilter(filter, data), ...named.flatMap((id) => columnOf(id) ?? [])];
}

export function arrangeRows(data: TableData, view: TableView, { filter }: ReadFilter): Arranged {
  const mask: Mask = matchRows(filter, data);
  const rows = sortRows(
    data.liveRows().filter((row) => mask[row]),
    view.sort,
    data,
  );
  if (view.groups.length === 0) {
    return { rows, lines: Array.from(rows, (row) => ({ kind: "run", row, inGroup: false })) };
  }
  const unfolded = new Set(view.unfolded);
  const lines = groupRows(rows, view.groups, data).flatMap((group): Line[] => {
    const open = unfolded.has(group.key);
    const runs = open ? group.rows.map((row): Line => ({ kind: "run", row, inGroup: true })) : [];
    return [{ kind: "group", group, unfolded: open }, ...runs];
  });
  return { rows, lines };
}

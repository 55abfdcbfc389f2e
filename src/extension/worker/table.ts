/** What the Runs table reads, its columns moved to the asker. A project without a store has an empty table. */
import type { ColumnCells, ColumnKey, TableScope } from "../../domain/table/columns";
import { moving } from "../../protocol/columns";
import type { Store } from "../../store/contract";
import { arraysOf } from "../../store/table/cells";
import type { TableIndex, TablePart } from "../../store/table/contract";

const noRows = () => ({ runs: new Uint32Array(0), ids: "" });

export function tablePart(
  store: Store | undefined,
  scope: TableScope,
  limit: number,
  more: readonly ColumnKey[],
): TablePart {
  const part = store?.table.part(scope, limit, more) ?? { rows: noRows(), columns: [] };
  return moving(part, [part.rows.runs, ...arraysOf(part.columns)]);
}

export function tableIndex(store: Store | undefined, scope: TableScope): TableIndex {
  const index = store?.table.index(scope) ?? { rows: noRows(), columns: [], total: 0 };
  return moving(index, [index.rows.runs]);
}

export function tableColumns(
  store: Store | undefined,
  scope: TableScope,
  columns: readonly ColumnKey[],
): { columns: ColumnCells[] } {
  const read = store?.table.columns(scope, columns) ?? [];
  return moving({ columns: read }, arraysOf(read));
}

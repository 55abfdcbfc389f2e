/** The state of the table, and what follows from it. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import type { RunsTableState, TableView } from "../../src/protocol/tableView";
import { arrangeColumns, differingColumns, shownColumns } from "./columns";
import type { TableData } from "./data";
import { keepTable } from "./extension";
import { idsOf, type TableLoader } from "./loader";
import { type Arranged, arrangeRows, decidingColumns, type ReadFilter, readFilter } from "./rows";

export interface Table extends Arranged {
  data: TableData;
  loader: TableLoader;
  view: TableView;
  setView(change: (view: TableView) => TableView): void;
  filter: ReadFilter;
  /** All columns, in the order in which they would stand. */
  arranged: ColumnKey[];
  shown: ColumnKey[];
  /** Row of the run that others are compared with. */
  baseline: number | undefined;
}

export function useTable(loader: TableLoader, state: RunsTableState, first: TableView): Table {
  const { data } = loader;
  useSyncExternalStore(loader.subscribe, () => loader.version);
  const [view, setView] = useState(first);
  useEffect(() => {
    const { root, scope, title } = state;
    keepTable({ root, scope, title, view });
  }, [state, view]);

  const filter = useKept(useMemo(() => readFilter(view.filter), [view.filter]));
  const deciding = decidingColumns(view, filter, data);
  const decided = `${data.rowsVersion} ${deciding.map((column) => `${columnId(column)} ${data.columnVersion(column)}`)}`;
  const { sort, groups, unfolded } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the data only what is decided by them, of the view what is named.
  const rows = useMemo(() => arrangeRows(data, view, filter), [data, filter, decided, sort, groups, unfolded]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows' order says nothing of how they differ.
  const differ = useMemo(
    () => differingColumns(data, data.allColumns(), rows.rows),
    [data, filter, rows.rows.length, data.columnsVersion, data.rowsVersion, loader.settled],
  );
  const columnsKey = idsOf(data.allColumns());
  // biome-ignore lint/correctness/useExhaustiveDependencies: named one by one, so that a filter does not arrange columns.
  const arranged = useMemo(
    () => arrangeColumns(data.allColumns(), view),
    [columnsKey, view.shown, view.order, view.pinned],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  const shown = useMemo(
    () => shownColumns(arranged, view, differ),
    [arranged, differ, view.shown, view.hidden, view.whole],
  );

  const wanted = idsOf([...deciding, ...shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the columns.
  useEffect(() => loader.want([...deciding, ...shown]), [loader, wanted]);

  return {
    data,
    loader,
    ...rows,
    view,
    setView: useCallback((change: (view: TableView) => TableView) => setView(change), []),
    filter,
    arranged,
    shown,
    baseline: view.baseline === null ? undefined : data.rowOf(view.baseline),
  };
}

/** While a filter is being typed and says nothing yet, the last one that did holds. */
function useKept(read: ReadFilter): ReadFilter {
  const last = useRef(read);
  if (read.fault === undefined) last.current = read;
  const { current } = last;
  return useMemo(() => (read.fault === undefined ? read : { ...current, fault: read.fault }), [read, current]);
}

/** Loads the table, and says so when it cannot. */
import { useCallback, useEffect, useState } from "react";
import { DEFAULT_TABLE_VIEW, type TableView } from "../../src/protocol/tableView";
import { extension, keptTable, onChanged, onFilter } from "./extension";
import { TableLoader } from "./loader";
import { RunsTable, type RunsTableProps } from "./RunsTable";
import { decidingColumns, readFilter } from "./rows";

const loader = new TableLoader({
  index: () => extension.call("index", {}),
  columns: (columns) => extension.call("columns", { columns }),
  runs: (ids, more) => extension.call("runs", { ids, more }),
});

/** A view that sorts, groups or filters is shown when it is known what comes first: the newest runs may not. */
async function whenArranged(view: TableView): Promise<TableView> {
  let filter = view.filter;
  // Nobody else hears of it so far.
  const hear = (text: string) => {
    filter = text;
  };
  onFilter.add(hear);
  try {
    const isArranged = view.sort.length > 0 || view.groups.length > 0 || view.filter !== "";
    if (isArranged) await loader.have(() => decidingColumns(view, readFilter(filter), loader.data));
  } finally {
    onFilter.delete(hear);
  }
  return { ...view, filter };
}

export function RunsTablePage() {
  const [loaded, setLoaded] = useState<Omit<RunsTableProps, "loader">>();
  const [fault, setFault] = useState<string>();

  const load = useCallback(async () => {
    setFault(undefined);
    try {
      performance.mark("modeltrail.ready");
      const { state, part, lessIsBetter, views, without, filter } = await extension.call("load", {});
      const kept = keptTable()?.view ?? state.view ?? DEFAULT_TABLE_VIEW;
      const view = filter === null ? kept : { ...kept, filter };
      loader.begin(part, lessIsBetter);
      setLoaded({ state: { ...state, view: await whenArranged(view) }, views, without });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  }, []);

  useEffect(() => void load(), [load]);
  useEffect(() => {
    const change = loader.change.bind(loader);
    onChanged.add(change);
    return () => void onChanged.delete(change);
  }, []);

  if (loaded) return <RunsTable loader={loader} {...loaded} />;
  if (fault === undefined) return <p role="status">Reading the runs…</p>;
  return (
    <main>
      <p role="alert">The runs could not be read: {fault}</p>
      <button type="button" className="tool" onClick={() => void load()}>
        Try Again
      </button>
    </main>
  );
}

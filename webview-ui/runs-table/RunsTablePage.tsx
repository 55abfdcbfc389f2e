/** Loads the table, and says so when it cannot. */
import { useCallback, useEffect, useState } from "react";
import { DEFAULT_TABLE_VIEW } from "../../src/protocol/tableView";
import { extension, keptTable, onChanged } from "./extension";
import { TableLoader } from "./loader";
import { RunsTable, type RunsTableProps } from "./RunsTable";

const loader = new TableLoader({
  index: () => extension.call("index", {}),
  columns: (columns) => extension.call("columns", { columns }),
  runs: (ids, more) => extension.call("runs", { ids, more }),
});

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
      setLoaded({ state: { ...state, view }, views, without });
      loader.begin(part, lessIsBetter);
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

import { useEffect, useMemo, useState } from "react";
import { columnOf } from "../../src/domain/table/columns";
import type { Aspect, ChartRun } from "../../src/protocol/charts";
import { type Column, columnFor } from "./columns";
import { extension } from "./extension";

export interface Columns {
  /** Undefined while it is being read; null: there is no such column. */
  of(id: string | null): Column | null | undefined;
  fault: string | undefined;
}

interface Read {
  runs: readonly ChartRun[];
  metrics: Map<string, Float64Array>;
}

/** The columns with these ids, of these runs; metrics are asked for anew when the runs are others, or changed. */
export function useColumns(runs: readonly ChartRun[], ids: readonly (string | null)[]): Columns {
  const [read, setRead] = useState<Read>();
  const [fault, setFault] = useState<string>();
  const wanted = JSON.stringify([...new Set(ids.filter((id) => id !== null && columnOf(id)?.source === "metric"))]);
  useEffect(() => {
    const controller = new AbortController();
    const names = JSON.parse(wanted) as string[];
    const metrics = names.map((id) => {
      const { key, aspect = "last" } = columnOf(id)!;
      return { key, aspect: aspect as Aspect };
    });
    if (metrics.length === 0) {
      setRead({ runs, metrics: new Map() });
      setFault(undefined);
      return;
    }
    extension.call("metricCells", { metrics, runs: runs.map(({ id }) => id) }, controller.signal).then(
      ({ values }) => {
        if (controller.signal.aborted) return;
        const cut = (at: number) => values.subarray(at * runs.length, (at + 1) * runs.length);
        setRead({ runs, metrics: new Map(names.map((id, at) => [id, cut(at)])) });
        setFault(undefined);
      },
      (error: Error) => {
        if (!controller.signal.aborted) setFault(error.message);
      },
    );
    return () => controller.abort();
  }, [wanted, runs]);

  return useMemo(() => {
    const known = new Map<string, Column | null>();
    const places = new Map(read?.runs.map(({ id }, place) => [id, place]));
    // Until the values of changed runs are there, the last ones that these runs had.
    const aligned = (values: Float64Array) =>
      read?.runs === runs ? values : Float64Array.from(runs, ({ id }) => values[places.get(id) ?? -1] ?? Number.NaN);
    const of = (id: string | null): Column | null | undefined => {
      if (id === null) return null;
      const metric = read?.metrics.get(id);
      if (columnOf(id)?.source === "metric" && !metric) return undefined;
      if (!known.has(id)) known.set(id, columnFor(id, runs, metric && aligned(metric)));
      return known.get(id);
    };
    return { of, fault };
  }, [read, runs, fault]);
}

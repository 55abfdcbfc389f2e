/** The metrics of a run with their values, which travel apart. */
import { isSystemMetric } from "../../src/domain/systemMetrics";
import type { RunPageContent } from "../../src/protocol/runPage";

export interface MetricRow {
  key: string;
  count: number;
  last: number;
  min: number;
  max: number;
  /** Who told it, in words. */
  from: string;
}

/** Those of the run and those of the machine. */
export function metricRows({ metrics, metricValues }: RunPageContent): { own: MetricRow[]; system: MetricRow[] } {
  const rows = metrics.map(({ key, count, from }, at): MetricRow => {
    const [last, min, max] = metricValues.subarray(at * 3, at * 3 + 3);
    return { key, count, from, last: last!, min: min!, max: max! };
  });
  return { own: rows.filter(({ key }) => !isSystemMetric(key)), system: rows.filter(({ key }) => isSystemMetric(key)) };
}

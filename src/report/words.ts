/** Cells of a report's table, the same in every format. */
import { formatDuration, formatNumber } from "../domain/format";
import type { Report, ReportMetric, ReportRun } from "./report";

/** E.g. "0.9421 (+0.012)": against the baseline, where there is one. */
export function metricText(report: Report, { name }: ReportMetric, run: ReportRun): string {
  const value = run.metrics[name];
  if (value === undefined) return "";
  const change = changeOf(report, name, run);
  return change === null
    ? formatNumber(value)
    : `${formatNumber(value)} (${change > 0 ? "+" : ""}${formatNumber(change)})`;
}

/** Against the baseline; null where there is none, for the baseline itself, and where nothing can be said. */
export function changeOf({ runs, baseline }: Report, metric: string, run: ReportRun): number | null {
  const base = baseline === null ? undefined : runs[baseline];
  const [before, now] = [base?.metrics[metric], run.metrics[metric]];
  if (base === run || before === undefined || now === undefined) return null;
  const change = now - before;
  return Number.isFinite(change) ? change : null;
}

export function runFacts(run: ReportRun): string {
  const took = run.endTime === null ? "" : `, ${formatDuration(run.endTime - run.startTime)}`;
  return `${run.status}${took}`;
}

export const day = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ");

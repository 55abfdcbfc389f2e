/** The one metric that is shown beside a run's name. */
import { tellingMetric } from "../../compare/keyMetric";
import { formatNumber } from "../../domain/format";
import type { RunSummary } from "../../domain/run";
import type { ViewState } from "./viewState";

/** Name of the metric; undefined when the run has none. The one that the tree is sorted by comes first. */
export function keyMetric(run: RunSummary, sort: ViewState["sort"]): string | undefined {
  const sorted = sort.key.startsWith("metric:") ? sort.key.slice("metric:".length) : undefined;
  if (sorted !== undefined && Object.hasOwn(run.metrics, sorted)) return sorted;
  return tellingMetric(Object.keys(run.metrics));
}

/** E.g. "0.9421 accuracy", so that a narrow view still shows the number; empty when the run has no metric. */
export function describeKeyMetric(run: RunSummary, sort: ViewState["sort"]): string {
  const name = keyMetric(run, sort);
  return name === undefined ? "" : `${formatNumber(run.metrics[name]!.last)} ${name}`;
}

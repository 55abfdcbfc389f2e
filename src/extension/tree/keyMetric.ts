/** The one metric that is shown beside a run's name. */
import { formatNumber } from "../../domain/format";
import type { RunSummary } from "../../domain/run";
import type { ViewState } from "./viewState";

/** What people look at first, in this order; a name fits when it ends with one of these as a word of its own. */
const TELLING = [
  /(val|valid|validation|test|eval)\w*[ _./-](acc|accuracy|f1|auc|score)$/i,
  /(^|[ _./-])(acc|accuracy)$/i,
  /(^|[ _./-])(f1|auc|auroc|r2|map|iou|bleu|score)$/i,
  /(val|valid|validation|test|eval)\w*[ _./-](loss|error|rmse|mae|mse)$/i,
  /(^|[ _./-])(loss|error|rmse|mae|mse|perplexity)$/i,
];
const SYSTEM = /^system[./]/;

/** Name of the metric; undefined when the run has none. The one that the tree is sorted by comes first. */
export function keyMetric(run: RunSummary, sort: ViewState["sort"]): string | undefined {
  const sorted = sort.key.startsWith("metric:") ? sort.key.slice("metric:".length) : undefined;
  if (sorted !== undefined && Object.hasOwn(run.metrics, sorted)) return sorted;
  const names = Object.keys(run.metrics).filter((name) => !SYSTEM.test(name));
  for (const pattern of TELLING) {
    const found = names.find((name) => pattern.test(name));
    if (found) return found;
  }
  return names.find((name) => !/^(epoch|step|iteration|time|lr)$/i.test(name)) ?? names[0];
}

/** E.g. "0.9421 accuracy", so that a narrow view still shows the number; empty when the run has no metric. */
export function describeKeyMetric(run: RunSummary, sort: ViewState["sort"]): string {
  const name = keyMetric(run, sort);
  return name === undefined ? "" : `${formatNumber(run.metrics[name]!.last)} ${name}`;
}

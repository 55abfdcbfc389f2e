/** A metric of the run that made the version, within limits. */
import { isLessBetter } from "../../../compare/keyMetric";
import { UserError } from "../../../domain/errors";
import { formatNumber } from "../../../domain/format";
import type { GateOf } from "../../../domain/gateSettings";
import type { MetricSummary } from "../../../domain/run";
import { isSystemMetric } from "../../../domain/systemMetrics";
import { type Finding, type Gate, type GateContext, judged } from "../gate";
import { needRun } from "../needRun";

export const metricGate: Gate<"metric"> = async (settings, context): Promise<Finding> => {
  const { metric, min, max } = settings;
  const summary = needMetric(context, metric);
  const value = chosenValue(settings, summary);
  const shown = formatNumber(value);
  const complaints: string[] = [];
  if (Number.isNaN(value)) complaints.push(`${metric} is NaN`);
  if (min !== undefined && value < min) complaints.push(`${metric} ${shown} is below ${formatNumber(min)}`);
  if (max !== undefined && value > max) complaints.push(`${metric} ${shown} is above ${formatNumber(max)}`);
  const detail = { metric, value, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return judged(complaints, `${metric} is ${shown}${limitText(min, max)}`, detail);
};

/** Throws UserError when there is no run, or it has no such metric. */
function needMetric(context: GateContext, metric: string): MetricSummary {
  const run = needRun(context);
  const found = run.metrics[metric];
  if (found) return found;
  const names = Object.keys(run.metrics).filter((name) => !isSystemMetric(name));
  const others = names.length === 0 ? "it has none" : `it has ${names.slice(0, 10).join(", ")}`;
  throw new UserError(`The run ${run.name} has no metric "${metric}": ${others}.`);
}

/** The best is the one that is furthest from the only limit, else the better one by the metric's name. */
function chosenValue({ metric, take = "last", min, max }: GateOf<"metric">, summary: MetricSummary): number {
  if (take === "last") return summary.last;
  const less = min !== undefined && max !== undefined ? isLessBetter(metric) : max !== undefined;
  return less ? summary.min : summary.max;
}

function limitText(min: number | undefined, max: number | undefined): string {
  const limits = [
    ...(min === undefined ? [] : [`at least ${formatNumber(min)}`]),
    ...(max === undefined ? [] : [`at most ${formatNumber(max)}`]),
  ];
  return `, ${limits.join(" and ")}`;
}

/** What came of a trial, from its job and run. */
import type { Job } from "../domain/job";
import type { MetricSummary, RunSummary } from "../domain/run";
import type { SweepSpec, Trial } from "../domain/sweep";
import { isSystemMetric } from "../domain/systemMetrics";
import { directionOf } from "./plan";

export interface TrialOutcome extends Pick<Trial, "value"> {
  state: "complete" | "failed";
  /** Why it failed: one sentence. */
  reason: string | null;
}

/** Of a job that has ended; `run` is null when it never began. */
export function outcomeOf(spec: SweepSpec, job: Job | null, run: RunSummary | null): TrialOutcome {
  const failed = (reason: string): TrialOutcome => ({ state: "failed", value: null, reason });
  if (!job) return failed("Its job is no more.");
  if (job.outcome !== "finished" || !run) return failed(job.reason ?? `Its job ended as ${job.outcome ?? "unknown"}.`);
  if (spec.metric === undefined) return { state: "complete", value: null, reason: null };
  const metric = run.metrics[spec.metric];
  if (!metric) return failed(missingMetric(spec.metric, run));
  const value = valueThatCounts(spec, metric);
  if (!Number.isFinite(value)) return failed(`Its ${spec.metric} is ${value}.`);
  return { state: "complete", value, reason: null };
}

/** The value that counts of a metric. */
export function valueThatCounts(spec: SweepSpec, { last, min, max }: MetricSummary): number {
  if (spec.take === "last") return last;
  return directionOf(spec) === "minimize" ? min : max;
}

function missingMetric(metric: string, run: RunSummary): string {
  const names = Object.keys(run.metrics).filter((name) => !isSystemMetric(name));
  const found = names.length === 0 ? "logged no metrics" : `logged ${names.slice(0, 8).join(", ")}`;
  return `It has no metric "${metric}": the run ${found}.`;
}

/** Are the metrics of two runs the same series, point for point? */
import type { PartVerdict, ReproducedMetric } from "../domain/reproduction";
import type { MetricSummary } from "../domain/run";
import type { Store } from "../store/contract";
import { relativeDifference } from "./tolerance";

/** Points of lines that were still being written (progress bars): when we looked at them is chance. */
const WITHOUT = { without: ["output-preview"] };
/** Points at a time. */
const PAGE = 50_000;

/** Metrics of time and speed, by the words in their names: no run repeats them. Units stand at the end. */
const TIMING =
  /(?:^|[_/.\-\s])(?:time|runtime|walltime|duration|elapsed|latency|throughput|speed|fps)(?:$|[_/.\-\s])|(?:^|[_/.\-\s])(?:seconds?|secs?|msec|ms|minutes|hours)$/i;
/** What counts time in steps does repeat. */
const NOT_TIMING = /time[_-](?:steps?|series)/i;

/** Whether a metric of this name tells how long something took. */
export function isTiming(name: string): boolean {
  return TIMING.test(name) && !NOT_TIMING.test(name);
}

interface Measured {
  id: string;
  metrics: Record<string, MetricSummary>;
}

/**
 * Each metric of either run, but those of the machine. `tolerance`: how much a value may differ, relative to the larger one.
 * Steps must be equal; times do not count.
 */
export function compareSeries(
  store: Pick<Store, "metricColumns">,
  before: Measured,
  after: Measured,
  tolerance: number,
): ReproducedMetric[] {
  const names = new Set([...Object.keys(before.metrics), ...Object.keys(after.metrics)]);
  return [...names]
    .filter((name) => !name.startsWith("system/"))
    .map((name) => {
      const summaries = { before: before.metrics[name] ?? null, after: after.metrics[name] ?? null };
      const base = { name, ...summaries, difference: null };
      if (isTiming(name)) return { ...base, verdict: "not-judged" as const };
      if (!summaries.before) return { ...base, verdict: "added" as const };
      if (!summaries.after) return { ...base, verdict: "missing" as const };
      const difference = largestDifference(store, name, before.id, after.id);
      return { ...base, difference, verdict: judge(difference, tolerance) };
    });
}

function judge(difference: number | null, tolerance: number): PartVerdict {
  if (difference === null) return "different";
  return difference === 0 ? "same" : difference <= tolerance ? "within-tolerance" : "different";
}

/** The largest relative difference of values at the same place; null when the steps are not the same. */
function largestDifference(
  store: Pick<Store, "metricColumns">,
  name: string,
  before: string,
  after: string,
): number | null {
  let largest = 0;
  for (let from = 0; ; from += PAGE) {
    const [one, other] = [before, after].map((id) => store.metricColumns(id, name, from, PAGE, WITHOUT));
    if (one!.total !== other!.total || one!.values.length !== other!.values.length) return null;
    for (let at = 0; at < one!.values.length; at++) {
      if (one!.steps[at] !== other!.steps[at]) return null;
      largest = Math.max(largest, relativeDifference(one!.values[at]!, other!.values[at]!));
    }
    if (from + PAGE >= one!.total) return largest;
  }
}

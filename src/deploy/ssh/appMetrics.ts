/** What a serving app counts of its requests, at /metrics in Prometheus' text format. */
import type { Traffic } from "../../domain/deployment";

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)$/;

/** Of all that it was asked since its start, so many seconds ago. */
export function readTraffic(text: string, seconds: number): Traffic {
  let [requests, errors] = [0, 0];
  const buckets: [bound: number, count: number][] = [];
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    const count = Number(value);
    if (name === "modeltrail_requests_total") {
      requests += count;
      if (labels.includes('status="5xx"')) errors += count;
    } else if (name === "modeltrail_request_seconds_bucket") {
      const bound = /le="([^"]+)"/.exec(labels)?.[1];
      buckets.push([bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound), count]);
    }
  }
  const at = (share: number) => quantile(buckets, share);
  return { seconds, requests, errors, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Ms, as if all within a bucket were spread evenly; null without requests, and beyond the last bound. */
function quantile(buckets: readonly (readonly [number, number])[], share: number): number | null {
  const wanted = share * (buckets.at(-1)?.[1] ?? 0);
  if (wanted === 0) return null;
  let [low, before] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= wanted) {
      return Number.isFinite(bound) ? 1_000 * (low + ((bound - low) * (wanted - before)) / (count - before)) : null;
    }
    [low, before] = [bound, count];
  }
  return null;
}

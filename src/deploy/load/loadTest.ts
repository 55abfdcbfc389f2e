/** A load test: so many requests at a time, for so long, with the sample. */
import type { LoadTestSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import { formatNumber } from "../../domain/format";
import type { Access } from "../contract";

export interface LoadResult {
  /** s, without the warm-up. */
  seconds: number;
  requests: number;
  /** Not answered, or with another status than 200. */
  errors: number;
  /** Requests per second. */
  rate: number;
  /** Ms. */
  p50: number;
  p95: number;
  p99: number;
  /** The first error, as told to the user. */
  firstError: string | null;
}

const DEFAULTS = { concurrency: 4, seconds: 10, maxErrors: 0 };
/** Share of the time that is not counted, because caches and threads are still cold; at least a few requests. */
const WARM_UP = 0.1;

/** `body`: of POST /invocations. */
export async function loadTest(
  access: Access,
  body: string,
  { concurrency = DEFAULTS.concurrency, seconds = DEFAULTS.seconds }: LoadTestSettings,
  signal: AbortSignal,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let errors = 0;
  let firstError: string | null = null;
  const began = performance.now();
  const counted = began + seconds * 1000 * WARM_UP;
  const end = began + seconds * 1000;

  async function keepAsking(): Promise<void> {
    while (performance.now() < end && !signal.aborted) {
      const start = performance.now();
      const problem = await askOnce(access, body, signal);
      if (start < counted) continue;
      latencies.push(performance.now() - start);
      if (problem === null) continue;
      errors++;
      firstError ??= problem;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, keepAsking));
  signal.throwIfAborted();
  const measured = (performance.now() - counted) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    seconds: measured,
    requests: latencies.length,
    errors,
    rate: latencies.length / measured,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    firstError,
  };
}

async function askOnce(access: Access, body: string, signal: AbortSignal): Promise<string | null> {
  const headers = { "content-type": "application/json" };
  try {
    const answer = await access.request("/invocations", { method: "POST", headers, body, signal });
    return answer.status === 200 ? null : `${answer.status} ${answer.body.toString().slice(0, 200)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Throws UserError when the result is not within the limits. */
export function judgeLoad(result: LoadResult, { minRate, maxP99, maxErrors = DEFAULTS.maxErrors }: LoadTestSettings) {
  const share = result.requests === 0 ? 100 : (result.errors / result.requests) * 100;
  const problems = [
    ...(result.requests === 0 ? ["no request was answered within the time"] : []),
    ...(share > maxErrors
      ? [`${formatNumber(share)} % of the requests failed (limit ${maxErrors} %): ${result.firstError ?? "no answer"}`]
      : []),
    ...(minRate !== undefined && result.rate < minRate
      ? [`${formatNumber(Math.round(result.rate))} requests per second are below ${minRate}`]
      : []),
    ...(maxP99 !== undefined && result.p99 > maxP99 * 1000
      ? [`p99 of ${ms(result.p99)} is above ${ms(maxP99 * 1000)}`]
      : []),
  ];
  if (problems.length > 0) throw new UserError(`The load test was not passed: ${problems.join("; ")}.`);
}

export function loadText({ requests, rate, p50, p95, p99, errors }: LoadResult): string {
  return `${requests} requests, ${Math.round(rate)} per second, p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, ${errors} errors`;
}

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

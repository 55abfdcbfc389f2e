/** When a sweep has tried enough. */
import type { Sweep, Trial } from "../domain/sweep";
import { directionOf, trialCount } from "./plan";

/** So many failures at the beginning are taken for a fault of the command, not of the values. */
const HOPELESS = 3;

/**
 * Why nothing more is to be tried, as one sentence; null to go on. `over`: the trials that are over, in the order in which they
 * were begun.
 */
export function whyEnough(sweep: Sweep, over: readonly Trial[], now: number): string | null {
  const { spec, created } = sweep;
  const { at, without, seconds } = spec.stop ?? {};
  const direction = directionOf(spec);
  const isBetter = (one: number, other: number) => (direction === "minimize" ? one < other : one > other);
  const values = over.flatMap(({ state, value }) => (state === "complete" && value !== null ? [value] : []));
  const best = values.reduce<number | null>(
    (found, value) => (found === null || isBetter(value, found) ? value : found),
    null,
  );
  if (at !== undefined && best !== null && !isBetter(at, best)) return `${spec.metric} reached ${best}.`;
  if (without !== undefined && best !== null) {
    const since = over.length - 1 - over.findIndex(({ state, value }) => state === "complete" && value === best);
    if (since >= without) return `${since} trials in a row were no better than ${best}.`;
  }
  if (seconds !== undefined && now - created >= seconds * 1_000) return `Its ${seconds} seconds are over.`;
  if (over.length >= HOPELESS && over.every(({ state }) => state === "failed")) {
    return `The first ${over.length} trials all failed.`;
  }
  return over.length >= trialCount(spec) ? "All trials are over." : null;
}

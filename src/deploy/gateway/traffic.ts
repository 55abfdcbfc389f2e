/** What versions did: counts since the gateway began, and latencies of the last minutes in bins that are 5% wide. */
import type { RouteRole, Traffic } from "../../domain/deployment";

const SLOT_MS = 5_000;
/** Five minutes. */
const SLOTS = 60;
const LOWEST_MS = 0.05;
const GROWTH = Math.log(1.05);
/** Up to about ten minutes. */
const BINS = 340;

export interface Totals {
  version: number;
  role: RouteRole;
  /** By the first digit of the status. */
  statuses: Record<string, number>;
  /** Counts of those within each of `bounds`, which are seconds. */
  within: number[];
  count: number;
  seconds: number;
}

/** Seconds, of Prometheus' histogram. */
export const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

interface Slot {
  /** Number of the time that it is about. */
  turn: number;
  requests: number;
  errors: number;
  bins: Uint32Array;
}

interface Track extends Totals {
  slots: Slot[];
}

export interface TrafficCounter {
  record(version: number, role: RouteRole, status: number, ms: number): void;
  /** Of the last seconds (at most 300): of all that callers got, or of one version in a role. */
  window(seconds: number, only?: { version: number; role: RouteRole }): Traffic;
  totals(): Totals[];
}

export function countTraffic(now: () => number = Date.now): TrafficCounter {
  const tracks = new Map<string, Track>();

  function track(version: number, role: RouteRole): Track {
    const key = `${version} ${role}`;
    let found = tracks.get(key);
    if (!found) {
      found = { version, role, statuses: {}, within: BOUNDS.map(() => 0), count: 0, seconds: 0, slots: [] };
      tracks.set(key, found);
    }
    return found;
  }

  function slot(slots: Slot[], turn: number): Slot {
    const last = slots.at(-1);
    if (last?.turn === turn) return last;
    const next = { turn, requests: 0, errors: 0, bins: new Uint32Array(BINS) };
    slots.push(next);
    if (slots.length > SLOTS) slots.shift();
    return next;
  }

  return {
    record(version, role, status, ms) {
      const one = track(version, role);
      const digit = `${Math.floor(status / 100)}`;
      one.statuses[digit] = (one.statuses[digit] ?? 0) + 1;
      one.count++;
      one.seconds += ms / 1_000;
      const bound = BOUNDS.findIndex((seconds) => ms <= seconds * 1_000);
      if (bound >= 0) one.within[bound]!++;
      const current = slot(one.slots, Math.floor(now() / SLOT_MS));
      current.requests++;
      if (status >= 500) current.errors++;
      current.bins[binOf(ms)]!++;
    },
    window(seconds, only) {
      const oldest = Math.floor((now() - seconds * 1_000) / SLOT_MS) + 1;
      const chosen = [...tracks.values()].filter((one) =>
        only ? one.version === only.version && one.role === only.role : one.role !== "shadow",
      );
      return summed(
        chosen.flatMap(({ slots }) => slots.filter(({ turn }) => turn >= oldest)),
        seconds,
      );
    },
    totals: () => [...tracks.values()].map(({ slots: _, ...totals }) => totals),
  };
}

function summed(slots: readonly Slot[], seconds: number): Traffic {
  const bins = new Float64Array(BINS);
  let [requests, errors] = [0, 0];
  for (const slot of slots) {
    requests += slot.requests;
    errors += slot.errors;
    for (let bin = 0; bin < BINS; bin++) bins[bin]! += slot.bins[bin]!;
  }
  const at = (share: number) => (requests === 0 ? null : quantile(bins, share * requests));
  return { seconds, requests, errors, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function quantile(bins: Float64Array, rank: number): number {
  let bin = 0;
  for (let below = bins[0]!; below < rank && bin < BINS - 1; ) below += bins[++bin]!;
  // The middle of the bin; three digits are what it is worth.
  return Number((LOWEST_MS * Math.exp(GROWTH * (bin - 0.5))).toPrecision(3));
}

function binOf(ms: number): number {
  return ms <= LOWEST_MS ? 0 : Math.min(BINS - 1, Math.ceil(Math.log(ms / LOWEST_MS) / GROWTH));
}

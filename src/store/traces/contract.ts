/** Traces: what a program that calls models did in one request, told by its client. Their spans are files. */
import type { Filter, OrderTerm } from "../../domain/search/filter";

export const TRACE_STATES = ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] as const;
export type TraceState = (typeof TRACE_STATES)[number];

export interface Trace {
  /** `tr-` and 32 hexadecimal digits, given by the client. */
  id: string;
  /** Number of an experiment. */
  experiment: number;
  /** Beginning, ms since the epoch. */
  time: number;
  /** Ms; null until it has ended. */
  duration: number | null;
  state: TraceState;
  /** The client's own number for the request; "" when it has none. */
  clientId: string;
  /** Beginnings of what was asked and answered. */
  request: string;
  response: string;
  metadata: Record<string, string>;
  tags: Record<string, string>;
  /** What was said of its quality, as the client has it. */
  assessments: unknown[];
}

export interface TraceSearch {
  experiments: readonly number[];
  filter: Filter;
  order: readonly OrderTerm[];
  limit: number;
  /** From the page before. */
  token: string | null;
}

/** All of it throws `Refusal` for what cannot be done, and `SearchError` for a search that cannot be understood. */
export interface TraceStore {
  /** Keeps the trace; one of this id is replaced. */
  put(trace: Trace): Trace;
  /** In this order; unknown ids are left out. */
  get(ids: readonly string[]): Trace[];
  /** Null takes the tag away. */
  setTag(id: string, key: string, value: string | null): void;
  /** Says that the run made these traces. */
  link(ids: readonly string[], run: string): void;
  /** Of the experiment: these, or the oldest `most` that began at `until` or before. Gives how many there were. */
  delete(experiment: number, which: { ids: readonly string[] } | { until: number; most: number | null }): number;
  search(search: TraceSearch): { traces: Trace[]; next: string | null };
}

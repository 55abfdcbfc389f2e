/**
 * Orders of runs that can be paged by key. An order is a row of phases, listed one after the other: first the runs that have
 * a value, in its order; then, in both directions, those whose value is NaN; last those that have none, newest first. A page
 * goes on right after the (value, number) of the last run.
 */
import type { RunQuery, SortKey } from "./contract";
import type { Database, Value } from "./database";
import { findName } from "./names";

export interface Phase {
  /** FROM clause giving `runs r`, with its values. */
  from: string;
  condition: string;
  values: Value[];
  /** What is sorted by, with the run's number as the tie-break. */
  value: string;
  descending: boolean;
}

const PLAIN: Record<"startTime" | "endTime" | "name" | "status" | "duration", { value: string; nullable: boolean }> = {
  startTime: { value: "r.start_time", nullable: false },
  endTime: { value: "r.end_time", nullable: true },
  name: { value: "lower(r.name)", nullable: false },
  status: { value: "r.status", nullable: false },
  duration: { value: "(r.end_time - r.start_time)", nullable: true },
};

export function phasesOf(db: Database, sort: NonNullable<RunQuery["sort"]>): Phase[] {
  const [kind, name] = splitKey(sort.key);
  if (kind === "metric") return metricPhases(findName(db, name) ?? -1, sort.descending);
  if (kind === "param") return paramPhases(findName(db, name) ?? -1, sort.descending);
  const { value, nullable } = PLAIN[kind];
  if (!nullable) return [phase("1", [], value, sort.descending)];
  return [phase(`${value} IS NOT NULL`, [], value, sort.descending), newestFirst(`${value} IS NULL`, [])];
}

function splitKey(key: SortKey): ["metric" | "param", string] | [keyof typeof PLAIN, ""] {
  const colon = key.indexOf(":");
  if (colon < 0) return [key as keyof typeof PLAIN, ""];
  return [key.slice(0, colon) as "metric" | "param", key.slice(colon + 1)];
}

/** Values of metrics and params are looked up run by run: see the schema for why there is no index in their order. */
function metricPhases(key: number, descending: boolean): Phase[] {
  const from = "runs r CROSS JOIN metrics m ON m.run = r.seq";
  const base = { from, values: [key], value: "m.last" };
  return [
    { ...base, condition: "m.key = ? AND m.last IS NOT NULL", descending },
    { ...newestFirst("m.key = ? AND m.last IS NULL", [key]), from },
    newestFirst("NOT EXISTS (SELECT 1 FROM metrics m WHERE m.run = r.seq AND m.key = ?)", [key]),
  ];
}

function paramPhases(key: number, descending: boolean): Phase[] {
  const from = "runs r CROSS JOIN params p ON p.run = r.seq";
  return [
    { from, condition: "p.key = ?", values: [key], value: "p.sort", descending },
    newestFirst("NOT EXISTS (SELECT 1 FROM params p WHERE p.run = r.seq AND p.key = ?)", [key]),
  ];
}

function phase(condition: string, values: Value[], value: string, descending: boolean): Phase {
  return { from: "runs r", condition, values, value, descending };
}

function newestFirst(condition: string, values: Value[]): Phase {
  return phase(condition, values, "r.start_time", true);
}

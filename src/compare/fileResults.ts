/** What the runs of a file came to: for each metric the last value, the one before it and the best. Pure over what the store returns. */
import type { RunSummary } from "../domain/run";
import type { Store } from "../store/contract";
import { type FileRun, MAKING_ROLES, type MetricValue } from "../store/fileRuns/contract";
import { isLessBetter, tellingMetric } from "./keyMetric";

export type ResultRun = Pick<RunSummary, "id" | "name" | "status" | "exitCode" | "signal" | "startTime">;

export interface Result {
  run: ResultRun;
  /** The metric as the run ended, or as it stands. */
  value: number;
}

export interface MetricResults {
  /** Whether less of it counts as better. */
  less: boolean;
  /** Of the newest run that has it. */
  last: Result;
  /** Of the newest before that one. */
  previous: Result | null;
  /** Of all that have ended; null also when it was not asked for. */
  best: Result | null;
}

export interface FileResults {
  /** How many runs there are. */
  total: number;
  /** One of the newest ran the file itself: it is not only imported, or config. */
  isScript: boolean;
  /** The newest, whatever became of it. */
  last: ResultRun;
  /** The newest that has metrics. */
  measured: ResultRun | null;
  /** The metric that the file is judged by; null when its newest runs have none. */
  key: string | null;
  /** By name: those of the newest run that has any. */
  metrics: Record<string, MetricResults>;
  /** The best run by that metric, with what it was given. */
  best: { run: ResultRun; params: Record<string, string> } | null;
}

export type FileResultsReader = Pick<Store, "fileRuns" | "getSummaries">;

/** So far back it is looked for a run with metrics, and for the one before it. */
const RECENT = 20;
const MOST_METRICS = 1_000;
/** Of so many metrics the best is looked for: each costs a look at all runs. */
const MOST_JUDGED = 100;

/**
 * `path` as runs name it. `judged`: metrics of which the best is wanted, besides the one that the file is judged by. Null when
 * no run was made from the file.
 */
export function readFileResults(store: FileResultsReader, path: string, judged: readonly string[]): FileResults | null {
  const { runs, total } = store.fileRuns.page(path, { roles: MAKING_ROLES, limit: RECENT });
  const [last] = runs;
  if (!last) return null;
  const found = { total, isScript: runs.some(({ roles }) => roles.includes("script")), last: toResultRun(last) };
  const newest = newestMeasured(store, runs);
  if (!newest) return { ...found, measured: null, key: null, metrics: {}, best: null };

  const { key, names } = newest;
  const results = group(runs, store.fileRuns.values(ids(runs), names));
  const asked = new Set([key, ...judged.filter((name) => results.has(name)).slice(0, MOST_JUDGED)]);
  const best = new Map([...asked].map((name) => [name, readBest(store, path, name)]));
  const bestId = best.get(key)?.run;
  const known = new Map<string, ResultRun>(runs.map((run) => [run.id, run]));
  const older = [...best.values()].flatMap((value) => (value && !known.has(value.run) ? value.run : []));
  // What the best run was given is told with it.
  const summaries = store.getSummaries([...new Set(bestId === undefined ? older : [bestId, ...older])]);
  for (const run of summaries) known.set(run.id, run);

  const toResult = (value: MetricValue | null | undefined): Result | null => {
    const run = value && known.get(value.run);
    return run ? { run: toResultRun(run), value: value.value } : null;
  };
  const metrics = Object.fromEntries(
    [...results].map(([name, [newest, before]]): [string, MetricResults] => [
      name,
      { less: isLessBetter(name), last: newest!, previous: before ?? null, best: toResult(best.get(name)) },
    ]),
  );
  const bestRun = summaries.find(({ id }) => id === bestId);
  return {
    ...found,
    measured: toResultRun(newest.run),
    key,
    metrics,
    best: bestRun ? { run: toResultRun(bestRun), params: bestRun.params } : null,
  };
}

const ids = (runs: readonly FileRun[]) => runs.map(({ id }) => id);

/** The newest run with metrics of its own, besides those of the machine's load. */
function newestMeasured(
  store: FileResultsReader,
  runs: readonly FileRun[],
): { run: FileRun; key: string; names: string[] } | null {
  for (const run of runs) {
    const names = store.fileRuns.values([run.id]).map(({ key }) => key);
    const key = tellingMetric(names);
    if (key !== undefined) return { run, key, names: [...new Set([key, ...names.slice(0, MOST_METRICS)])] };
  }
  return null;
}

/** The results of each metric, in the order of the runs. */
function group(runs: readonly FileRun[], values: readonly MetricValue[]): Map<string, Result[]> {
  const byRun = new Map<string, MetricValue[]>();
  for (const value of values) {
    const of = byRun.get(value.run);
    if (of) of.push(value);
    else byRun.set(value.run, [value]);
  }
  const found = new Map<string, Result[]>();
  for (const run of runs) {
    const result = toResultRun(run);
    for (const { key, value } of byRun.get(run.id) ?? []) {
      const results = found.get(key) ?? [];
      results.push({ run: result, value });
      found.set(key, results);
    }
  }
  return found;
}

function readBest(store: FileResultsReader, path: string, key: string): MetricValue | null {
  return store.fileRuns.best(path, MAKING_ROLES, { key, less: isLessBetter(key) });
}

/** What is told of a run beside its result. */
export function toResultRun({ id, name, status, exitCode, signal, startTime }: ResultRun): ResultRun {
  return { id, name, status, exitCode, signal, startTime };
}

/** Whether going from one value to another is for the better; null when neither can be said. */
export function isImprovement(from: number, to: number, less: boolean): boolean | null {
  if (from === to || Number.isNaN(from) || Number.isNaN(to)) return null;
  return less ? to < from : to > from;
}

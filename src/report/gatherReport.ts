/** Reads what a report tells. */
import { traceOf } from "../compare/buckets";
import { differenceLine } from "../compare/differenceLine";
import { isLessBetter, tellingMetric } from "../compare/keyMetric";
import { edgeOf, type Grid, type Trace } from "../domain/curve";
import { UserError } from "../domain/errors";
import { createComparisonReaders } from "../snapshot/comparisonReaders";
import type { RunHead, Store } from "../store/contract";
import type { Report, ReportChart, ReportMetric, ReportRun } from "./report";

export interface ReportOptions {
  title?: string;
  note?: string;
  /** Ids of the runs, and of the one that the others are measured by, if any. */
  runs: readonly string[];
  baseline?: string;
  /** Metrics to tell, the one that ranks the runs first; default: all, the most telling one first. */
  metrics?: readonly string[];
  signal?: AbortSignal;
  now?: number;
}

export const MOST_RUNS = 200;
const MOST_METRICS = 30;
const MOST_CHARTS = 24;
const MOST_CURVES = 40;
/** As wide as a curve is drawn, in steps of a pixel. */
const BUCKETS = 600;

/** Throws UserError when there is nothing to report, or too much. */
export async function gatherReport(store: Store, options: ReportOptions): Promise<Report> {
  const ids = [...new Set([...options.runs, ...(options.baseline ? [options.baseline] : [])])];
  if (options.runs.length === 0) throw new UserError("A report needs at least one run.");
  if (ids.length > MOST_RUNS) {
    throw new UserError(`A report of ${ids.length} runs would be read by nobody. Choose ${MOST_RUNS} or fewer.`);
  }
  const heads = ids.map((id) => store.getRunHead(id)!);
  const names = metricNames(heads, options.metrics);
  const runs = inOrder(heads, names[0]);
  const baseline = options.baseline ? runs.findIndex(({ id }) => id === options.baseline) : null;
  const changes = await changesFrom(store, baseline === null ? null : runs[baseline]!, runs, options.signal);
  const { differing, same } = splitParams(runs);
  const charts = chartsOf(store, runs, names);
  return {
    title: options.title ?? defaultTitle(runs),
    note: options.note ?? "",
    created: options.now ?? Date.now(),
    runs: runs.map((run, at) => reportRun(run, changes[at]!)),
    baseline,
    params: differing,
    sameParams: same,
    metrics: names.slice(0, MOST_METRICS).map((name) => reportMetric(name, runs)),
    charts: charts.slice(0, MOST_CHARTS),
    chartsLeftOut: Math.max(0, charts.length - MOST_CHARTS),
  };
}

function metricNames(runs: readonly RunHead[], asked: readonly string[] | undefined): string[] {
  const known = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  if (asked && asked.length > 0) {
    const missing = asked.find((name) => !known.has(name));
    if (missing === undefined) return [...new Set(asked)];
    const names = [...known].slice(0, 20).join(", ") || "none";
    throw new UserError(`None of the runs has a metric ${missing}. There are: ${names}.`);
  }
  const own = [...known].filter((name) => !/^system[./]/.test(name));
  const first = tellingMetric(own);
  return first === undefined ? own : [first, ...own.filter((name) => name !== first)];
}

/** The best first; those without a finite value last, in the order given. */
function inOrder(runs: RunHead[], metric: string | undefined): RunHead[] {
  if (metric === undefined) return runs;
  const sign = isLessBetter(metric) ? 1 : -1;
  const rank = (run: RunHead) => {
    const value = run.metrics[metric]?.last;
    return value !== undefined && Number.isFinite(value) ? sign * value : Number.POSITIVE_INFINITY;
  };
  return runs.toSorted((one, other) => {
    const [a, b] = [rank(one), rank(other)];
    return a === b ? 0 : a - b;
  });
}

function defaultTitle(runs: readonly RunHead[]): string {
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))];
  const what = runs.length === 1 ? runs[0]!.name : `${runs.length} runs`;
  return experiments.length === 1 ? `${experiments[0]}: ${what}` : what;
}

function reportRun(run: RunHead, changes: string | null): ReportRun {
  const { id, name, experiment, status, startTime, endTime, command, note, params, metrics, snapshot } = run;
  const { head, dirty } = snapshot.code;
  return {
    id,
    name,
    experiment,
    status,
    startTime,
    endTime,
    command,
    code: head === null ? null : `${head.slice(0, 8)}${dirty ? "+" : ""}`,
    note,
    params,
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, { last }]) => [key, last])),
    changes,
  };
}

function reportMetric(name: string, runs: readonly RunHead[]): ReportMetric {
  const lessIsBetter = isLessBetter(name);
  const values = runs.map(({ metrics }) => metrics[name]?.last ?? Number.NaN);
  const finite = values.filter(Number.isFinite);
  const best = lessIsBetter ? Math.min(...finite) : Math.max(...finite);
  const told = new Set(finite).size > 1;
  return { name, lessIsBetter, best: told ? values.flatMap((value, at) => (value === best ? at : [])) : [] };
}

function splitParams(runs: readonly RunHead[]): { differing: string[]; same: Record<string, string> } {
  const names = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  const differs = (name: string) => runs.some(({ params }) => params[name] !== runs[0]!.params[name]);
  const differing = runs.length > 1 ? names.filter(differs) : names;
  const same = names.filter((name) => !differing.includes(name)).map((name) => [name, runs[0]!.params[name]!] as const);
  return { differing, same: Object.fromEntries(same) };
}

/** One line for each run. */
async function changesFrom(
  store: Store,
  baseline: RunHead | null,
  runs: readonly RunHead[],
  signal: AbortSignal | undefined,
): Promise<(string | null)[]> {
  if (baseline === null) return runs.map(() => null);
  const readers = createComparisonReaders(store, { signal });
  const lines: (string | null)[] = [];
  try {
    for (const { id } of runs) {
      signal?.throwIfAborted();
      if (id === baseline.id) lines.push(null);
      else lines.push(await differenceLine(store, baseline.id, id, readers, signal));
    }
  } finally {
    await readers.close();
  }
  return lines;
}

function chartsOf(store: Store, runs: readonly RunHead[], names: readonly string[]): ReportChart[] {
  const charts: ReportChart[] = [];
  for (const metric of names) {
    const withCurve = runs.flatMap(({ metrics }, at) => ((metrics[metric]?.count ?? 0) > 1 ? at : []));
    if (withCurve.length === 0) continue;
    // What is left out is not read.
    const isTold = charts.length < MOST_CHARTS;
    const shown = isTold ? withCurve.slice(0, MOST_CURVES) : [];
    const series = shown.map((run) => ({ run, points: store.metricAxis(runs[run]!.id, metric, "steps") }));
    const curves = series.flatMap(({ run, points }) => (points ? { run, ...curveOf(points) } : []));
    charts.push({ metric, curves, more: withCurve.length - shown.length });
  }
  return charts;
}

/** Whole when it is short, else the least and the greatest value of each pixel. */
function curveOf(points: { x: Float64Array; y: Float64Array }): { x: Float64Array; y: Float64Array } {
  const [from, to] = [points.x[0]!, points.x.at(-1)!];
  const grid: Grid = { from, to, buckets: BUCKETS, log: false };
  return pointsOf(traceOf(points, grid), grid);
}

function pointsOf({ slots, x, y }: Trace, grid: Grid): { x: Float64Array; y: Float64Array } {
  if (slots === null) return { x, y };
  const middles = Array.from(slots, (slot) => edgeOf(grid, slot + 0.5));
  return { x: Float64Array.from(middles.flatMap((middle) => [middle, middle])), y };
}

/** What charts show, read and worked out in the worker. */
import { isFineEnough, type Points } from "../../compare/buckets";
import { curvesOf, gridOf } from "../../compare/curves";
import { tellingMetric } from "../../compare/keyMetric";
import { UserError } from "../../domain/errors";
import type { RunSummary } from "../../domain/run";
import type { ChartRun, ChartSource, ChartsContent, CurvesRequest } from "../../protocol/charts";
import { moving } from "../../protocol/columns";
import { type PackedCurves, packCurves } from "../../protocol/packedCurves";
import type { Store } from "../../store/contract";
import type { SeriesCache, SeriesRun } from "./seriesCache";

/** Runs in one panel; of an experiment with more, the newest. */
const MOST_RUNS = 500;

/** The runs of a panel, the newest first, and the metrics that they have. */
export function chartsContent(store: Store, asked: ChartSource): ChartsContent {
  const source = asked.runs;
  const { runs, total } = runsOf(store, source);
  const counts = new Map<string, number>();
  for (const { metrics } of runs) for (const key of Object.keys(metrics)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    source: asked,
    title: titleOf(source, runs),
    runs: runs.map(toChartRun),
    leftOut: total - runs.length,
    metrics: Array.from(counts, ([key, count]) => ({ key, runs: count })).sort(byKey),
    judged: tellingMetric(counts.keys()) ?? null,
  };
}

const collator = new Intl.Collator("en", { numeric: true });
const byKey = (a: { key: string }, b: { key: string }) => collator.compare(a.key, b.key);

function runsOf(store: Store, source: ChartSource["runs"]): { runs: RunSummary[]; total: number } {
  if ("experiment" in source) return store.listRuns({ experiment: source.experiment, limit: MOST_RUNS });
  const runs = store.getSummaries(source.ids.slice(0, MOST_RUNS)).sort((a, b) => b.startTime - a.startTime);
  return { runs, total: runs.length + Math.max(0, source.ids.length - MOST_RUNS) };
}

function titleOf(source: ChartSource["runs"], runs: readonly RunSummary[]): string {
  if ("experiment" in source) return source.experiment;
  return runs.length === 1 ? runs[0]!.name : `${runs.length} runs`;
}

function toChartRun({ id, name, status, experiment, startTime, endTime, params, tags }: RunSummary): ChartRun {
  const duration = endTime === null ? null : endTime - startTime;
  return { id, name, status, experiment, startTime, duration, params, tags };
}

/** The curves of one metric. Throws when the request was given up before its end. */
export async function curves(
  store: Store,
  cache: SeriesCache,
  request: CurvesRequest,
  signal: AbortSignal,
): Promise<PackedCurves> {
  const { key, axis, smoothing, groups } = request;
  cache.stopReadingAhead();
  const starts = axis === "relative" ? startTimes(store, request.runs) : null;
  const runs = request.runs.map((id): SeriesRun => ({ id, startTime: starts?.get(id) ?? 0 }));
  const whole = (run: SeriesRun) => ifThere(() => cache.get(store, run, key, axis));
  // Means and smoothing are of all points.
  const mayOutline = smoothing === 0 && groups === null;
  const outline = (run: SeriesRun) => (mayOutline ? ifThere(() => cache.outline(store, run, key, axis)) : null);

  const outlined: SeriesRun[] = [];
  const series = new Map<string, Points>();
  await forEachInTurn(runs, signal, (run) => {
    const some = outline(run);
    if (some) outlined.push(run);
    const points = some ?? whole(run);
    if (points && points.x.length > 0) series.set(run.id, points);
  });
  const grid = gridOf(series.values(), request);
  const tooCoarse = grid ? outlined.filter(({ id }) => !isFineEnough(series.get(id)!, grid)) : [];
  await forEachInTurn(tooCoarse, signal, (run) => {
    const points = whole(run);
    if (points) series.set(run.id, points);
  });
  // Whoever sees the outlines may look closer next.
  if (outlined.length > tooCoarse.length) cache.readAhead(store, outlined, key, axis);

  const packed = packCurves(curvesOf(series, request));
  return moving(packed, [packed.doubles, packed.floats, packed.words]);
}

/** Others that the worker answers, and the news that this was given up, get their turn. */
async function forEachInTurn<T>(items: readonly T[], signal: AbortSignal, work: (item: T) => void): Promise<void> {
  for (const [at, item] of items.entries()) {
    if (at % 16 === 15) await new Promise(setImmediate);
    signal.throwIfAborted();
    work(item);
  }
}

/** Null when the run was freed meanwhile. */
export function ifThere<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function startTimes(store: Store, ids: string[]): Map<string, number> {
  return new Map(store.getSummaries(ids).map(({ id, startTime }) => [id, startTime]));
}

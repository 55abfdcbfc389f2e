/** What charts with one value or box for each run show, and which params mattered: read and worked out in the worker. */
import { importanceSteps } from "../../compare/importance/importance";
import { type Box, boxOf } from "../../domain/box";
import { type ColumnKey, columnId, splitIds } from "../../domain/table/columns";
import type {
  Boxes,
  BoxesRequest,
  CellsRequest,
  ImportanceAnswer,
  ImportanceRequest,
  MetricCells,
} from "../../protocol/charts";
import { moving } from "../../protocol/columns";
import type { Store } from "../../store/contract";
import { ifThere } from "./charts";
import type { SeriesCache } from "./seriesCache";

export function metricCells(store: Store, { metrics, runs }: CellsRequest): MetricCells {
  const values = new Float64Array(metrics.length * runs.length).fill(Number.NaN);
  if (values.length === 0) return { values };
  const scope = { ids: runs };
  const { rows } = store.table.index(scope);
  const numbers = new Map(splitIds(rows.ids).map((id, at) => [id, rows.runs[at]!]));
  const placeOf = new Map(runs.map((id, at) => [numbers.get(id), at]));
  const wanted = metrics.map(({ key, aspect }): ColumnKey => ({ source: "metric", key, aspect }));
  const firstOf = new Map(wanted.map((column, at) => [columnId(column), at * runs.length]));
  for (const { column, runs: found, cells } of store.table.columns(scope, wanted)) {
    const first = firstOf.get(columnId(column));
    if (first === undefined || cells.kind !== "number") continue;
    for (const [at, run] of found.entries()) {
      const place = placeOf.get(run);
      if (place !== undefined) values[first + place] = cells.values[at]!;
    }
  }
  return moving({ values }, [values]);
}

/** Throws when the request was given up before its end. */
export async function boxes(
  store: Store,
  cache: SeriesCache,
  { key, runs }: BoxesRequest,
  signal: AbortSignal,
): Promise<Boxes> {
  const found: (Box | null)[] = [];
  for (const id of runs) {
    // Others that the worker answers, and the news that this was given up, get their turn.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    const points = ifThere(() => cache.get(store, { id, startTime: 0 }, key, "step"));
    found.push(points && boxOf(points.y));
  }
  return { boxes: found };
}

/** With more, those that most runs have: the time grows with the number of params. */
const MOST_PARAMS = 60;

/** Throws when the request was given up before its end. */
export async function importance(
  store: Store,
  { key, aspect, runs }: ImportanceRequest,
  signal: AbortSignal,
): Promise<ImportanceAnswer | null> {
  const summaries = store.getSummaries(runs);
  const metric = summaries.map(({ metrics }) => (Object.hasOwn(metrics, key) ? metrics[key]![aspect] : Number.NaN));
  const differing = differingParams(summaries.map(({ params }) => params));
  const steps = importanceSteps(differing.slice(0, MOST_PARAMS), metric);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value && { ...value, leftOut: Math.max(0, differing.length - MOST_PARAMS) };
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
}

type Values = (string | null)[];

/** The params that not all runs have the same value of, those that most runs have first. */
function differingParams(runs: readonly Record<string, string>[]): { name: string; values: Values }[] {
  const names = [...new Set(runs.flatMap((params) => Object.keys(params)))].sort();
  const count = (values: Values) => values.filter((value) => value !== null).length;
  return names
    .map((name) => ({ name, values: runs.map((params) => (Object.hasOwn(params, name) ? params[name]! : null)) }))
    .filter(({ values }) => new Set(values).size > 1)
    .sort((a, b) => count(b.values) - count(a.values));
}

/**
 * Adding points to a run's metrics, and keeping each series' summary equal to its points.
 *
 * What a series holds: for every step, the points of the most trusted source that spoke for it (`sourceRank`; among equals
 * the later); but nothing of a source that a better one has overruled, because the two count steps differently (voices.ts). One
 * source may log a step several times, each is a point, as in MLflow; a point that repeats another of its
 * source in step, time and value is that point sent again, and counts once. What a better source replaces is gone; the
 * source stays listed. Points are in step order, those of one step in order of arrival.
 *
 * Summary: `last` is the value at the highest step, of several the latest to arrive; NaN is never `min` or `max` unless all
 * values are NaN.
 */
import type { MetricPoint } from "../domain/run";
import { appendChunks, range, toStored } from "./chunks";
import { type Columns, dropRepeats, makeColumns, sortColumns } from "./columns";
import type { Database } from "./database";
import { forget, keep, keptSeries } from "./keptSeries";
import { FAN_IN, mergeSeries } from "./merge";
import { nameId } from "./names";
import { settle } from "./overlap";
import { conclude } from "./voices";

export interface Series {
  series: number;
  /** Numbers of names. */
  sources: number[];
  count: number;
  last: number | null;
  min: number | null;
  max: number | null;
  last_step: number;
  last_time: number;
  appended: number;
}

/**
 * Adds points to the run's series. Gives a warning for each metric with points that cannot be kept. `guessedSteps`: the source
 * did not tell the steps. Inside a write only, which stamps the run afterwards (`touchRun`).
 */
export function appendPoints(
  db: Database,
  run: number,
  source: string,
  points: MetricPoint[],
  guessedSteps = false,
): string[] {
  const byKey = new Map<string, MetricPoint[]>();
  for (const point of points) {
    const list = byKey.get(point.key);
    if (list) list.push(point);
    else byKey.set(point.key, [point]);
  }
  const warnings: string[] = [];
  const sourceId = nameId(db, source);
  const ids = Array.from(byKey.keys(), (key) => nameId(db, key));
  const found = readAllSeries(db, run, ids);
  for (const [place, [key, list]] of Array.from(byKey).entries()) {
    const placed = list.filter((point) => Number.isFinite(point.step) && Number.isFinite(point.time));
    if (placed.length < list.length)
      warnings.push(`Points of the metric ${key} without a finite step and time were left out.`);
    const id = ids[place]!;
    if (placed.length === 0) continue;
    found.set(id, appendSeries(db, run, id, found.get(id), sourceId, toColumns(placed), !guessedSteps));
  }
  if (ids.length >= MANY) keep(db, run, found);
  return warnings;
}

/** So many series at once are kept for the next batch. */
const MANY = 16;

function toColumns(points: MetricPoint[]): Columns {
  const columns = makeColumns(points.length);
  for (const [i, point] of points.entries()) {
    columns.steps[i] = point.step;
    columns.times[i] = point.time;
    columns.values[i] = point.value;
  }
  return dropRepeats(sortColumns(columns));
}

function appendSeries(
  db: Database,
  run: number,
  key: number,
  found: Series | undefined,
  source: number,
  incoming: Columns,
  isWitness: boolean,
): Series {
  const series = found ?? newSeries(db);
  const { points, replaced } = found
    ? settle(db, series, source, incoming, isWitness)
    : { points: incoming, replaced: false };
  if (!series.sources.includes(source)) series.sources.push(source);
  if (points.steps.length > 0) {
    appendChunks(db, series.series, source, points);
    series.appended++;
    addToSummary(series, points);
  }
  if (replaced) summarise(db, series);
  if (series.appended >= FAN_IN + turnOf(series)) {
    mergeSeries(db, series.series);
    series.appended = 0;
  }
  writeSeries(db, run, key, series);
  return series;
}

/**
 * Not all series of a run are merged at the same batch: a thousand merges at once would be felt. Neighbours are: in each batch
 * their chunks lie side by side, so that few pages are written.
 */
function turnOf({ series }: Series): number {
  return (series >> 6) % FAN_IN;
}

/** The run is over: what its sources told is put right where they turn out not to go together. Inside a write only. */
export function concludeSeries(db: Database, run: number): void {
  forget(db);
  const sql = "SELECT key FROM metrics JOIN voices USING (series) WHERE run = ?";
  for (const { key } of db.all<{ key: number }>(sql, run)) {
    const series = readSeries(db, run, key)!;
    if (!conclude(db, series)) continue;
    summarise(db, series);
    writeSeries(db, run, key, series);
  }
}

type SeriesRow = Omit<Series, "sources"> & { sources: string };
const SERIES = "series, sources, count, last, min, max, last_step, last_time, appended";

export function readSeries(db: Database, run: number, key: number): Series | undefined {
  const row = db.get<SeriesRow>(`SELECT ${SERIES} FROM metrics WHERE run = ? AND key = ?`, run, key);
  return row && toSeries(row);
}

/** Those of these keys that there are, and maybe more, by key. One query for a thousand takes half the time of a thousand queries. */
function readAllSeries(db: Database, run: number, keys: readonly number[]): Map<number, Series> {
  const found = keys.length >= MANY ? keptSeries(db, run) : new Map<number, Series>();
  forget(db);
  if (keys.length === 1) {
    const series = readSeries(db, run, keys[0]!);
    return series ? found.set(keys[0]!, series) : found;
  }
  const unknown = keys.filter((key) => !found.has(key));
  if (unknown.length === 0) return found;
  const sql = `SELECT key, ${SERIES} FROM metrics WHERE run = ? AND key IN (SELECT value FROM json_each(?))`;
  for (const row of db.all<SeriesRow & { key: number }>(sql, run, JSON.stringify(unknown))) {
    found.set(row.key, toSeries(row));
  }
  return found;
}

/** Field by field: a copy of a row by `...` takes longer than reading it. */
function toSeries(row: SeriesRow): Series {
  return {
    series: row.series,
    sources: row.sources.split(",").map(Number),
    count: row.count,
    last: row.last,
    min: row.min,
    max: row.max,
    last_step: row.last_step,
    last_time: row.last_time,
    appended: row.appended,
  };
}

/** Without points. Inside a write only. */
export function newSeries(db: Database): Series {
  const { series } = db.get<{ series: number }>("UPDATE state SET series = series + 1 RETURNING series")!;
  const none = { last: null, min: null, max: null, last_step: -Infinity, last_time: -Infinity };
  return { series, sources: [], count: 0, ...none, appended: 0 };
}

function addToSummary(series: Series, { steps, times, values }: Columns): void {
  const end = steps.length - 1;
  if (steps[end]! >= series.last_step) {
    series.last_step = steps[end]!;
    series.last = toStored(values[end]!);
  }
  const { min, max } = range(values);
  if (!Number.isNaN(min)) {
    series.min = series.min === null ? min : Math.min(series.min, min);
    series.max = series.max === null ? max : Math.max(series.max, max);
  }
  series.last_time = Math.max(series.last_time, range(times).max);
  series.count += steps.length;
}

/** The summary anew, from the chunks' own. */
export function summarise(db: Database, series: Series): void {
  const all = db.get<Omit<Series, "series" | "sources" | "last">>(
    `SELECT sum(count) AS count, min(min) AS min, max(max) AS max, max(last_step) AS last_step, max(last_time) AS last_time
    FROM chunks WHERE series = ?`,
    series.series,
  )!;
  // All points of one step are of one source, and of one source the higher number is the later.
  const newest = db.get<{ last: number | null }>(
    "SELECT last FROM chunks WHERE series = ? ORDER BY last_step DESC, id DESC LIMIT 1",
    series.series,
  )!;
  Object.assign(series, all, newest);
}

export function writeSeries(db: Database, run: number, key: number, series: Series): void {
  db.run(
    `INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET sources = excluded.sources, count = excluded.count, last = excluded.last, min = excluded.min,
      max = excluded.max, last_step = excluded.last_step, last_time = excluded.last_time,
      appended = excluded.appended`,
    run,
    key,
    series.series,
    series.sources.join(","),
    series.count,
    series.last,
    series.min,
    series.max,
    series.last_step,
    series.last_time,
    series.appended,
  );
}

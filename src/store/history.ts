/** Reading a metric's series, a page at a time, without unpacking the rest. */
import type { MetricPoint } from "../domain/run";
import { readChunk } from "./chunks";
import { type Columns, concatColumns, makeColumns, sliceColumns, sortColumns } from "./columns";
import type { ColumnsOptions, MetricColumns, MetricHistory } from "./contract";
import type { Database } from "./database";
import { readSeries } from "./metrics";
import { findName, namesOf } from "./names";
import { seqOf } from "./runs";

export interface Chunk {
  id: number;
  count: number;
  first_step: number;
  last_step: number;
}

/** Points `from` up to `from + limit` of the series in step order; nothing when the run has no such metric. */
export function metricColumns(
  db: Database,
  id: string,
  key: string,
  from: number,
  limit: number,
  { without = [] }: ColumnsOptions = {},
): MetricColumns {
  return db.read(() => {
    const run = seqOf(db, id);
    const keyId = findName(db, key);
    const series = keyId === undefined ? undefined : readSeries(db, run, keyId);
    if (!series) return { ...makeColumns(0), sources: [], total: 0 };
    const left = new Set(without.map((source) => findName(db, source)));
    const chunks = db
      .all<Chunk & { source: number }>(
        "SELECT id, source, count, first_step, last_step FROM chunks WHERE series = ? ORDER BY first_step, id",
        series.series,
      )
      .filter(({ source }) => !left.has(source));
    const page = readPage(db, groupOverlapping(chunks), Math.max(0, from), Math.max(0, limit));
    const sources = series.sources.filter((source) => !left.has(source));
    const total = left.size === 0 ? series.count : chunks.reduce((sum, { count }) => sum + count, 0);
    return { ...page, sources: sources.map(namesOf(db, sources)), total };
  });
}

/** Who told each metric of a run, in no order. */
export function metricSources(db: Database, id: string): Record<string, string[]> {
  return db.read(() => {
    const rows = db.all<{ key: number; sources: string }>(
      "SELECT key, sources FROM metrics WHERE run = ?",
      seqOf(db, id),
    );
    const told = rows.map(({ key, sources }) => ({ key, sources: sources.split(",").map(Number) }));
    const name = namesOf(
      db,
      told.flatMap(({ key, sources }) => [key, ...sources]),
    );
    return Object.fromEntries(told.map(({ key, sources }) => [name(key), sources.map(name)]));
  });
}

/** `metricColumns` as points. */
export function metricHistory(db: Database, id: string, key: string, from: number, limit: number): MetricHistory {
  const { steps, times, values, sources, total } = metricColumns(db, id, key, from, limit);
  const points: MetricPoint[] = new Array(steps.length);
  for (let i = 0; i < steps.length; i++) points[i] = { key, value: values[i]!, step: steps[i]!, time: times[i]! };
  return { points, sources, total };
}

/**
 * Chunks in runs whose ranges of steps overlap: within a group the points must be put in order, but one group ends before
 * the next begins, so whole groups can be skipped by their counts. Mostly each group is one chunk.
 */
export function groupOverlapping(chunks: Chunk[]): Chunk[][] {
  const groups: Chunk[][] = [];
  let end = -Infinity;
  let newest = -1;
  for (const chunk of chunks) {
    const follows = chunk.first_step > end || (chunk.first_step === end && chunk.id > newest);
    if (follows) groups.push([chunk]);
    else groups.at(-1)!.push(chunk);
    newest = follows ? chunk.id : Math.max(newest, chunk.id);
    end = Math.max(end, chunk.last_step);
  }
  return groups;
}

function readPage(db: Database, groups: Chunk[][], from: number, limit: number): Columns {
  const parts: Columns[] = [];
  let start = 0;
  for (const group of groups) {
    const count = group.reduce((sum, chunk) => sum + chunk.count, 0);
    const first = Math.max(from - start, 0);
    const last = Math.min(from + limit - start, count);
    if (first < last) parts.push(sliceColumns(readGroup(db, group), first, last));
    start += count;
    if (start >= from + limit) break;
  }
  return parts.length > 0 ? concatColumns(parts) : makeColumns(0);
}

/** All points of chunks that overlap, in step order. */
export function readGroup(db: Database, group: readonly Pick<Chunk, "id">[]): Columns {
  // By number, so that sorting keeps the order of arrival within a step.
  const parts = group.toSorted((a, b) => a.id - b.id).map(({ id }) => readChunk(db, id));
  return parts.length === 1 ? parts[0]! : sortColumns(concatColumns(parts));
}

/** Incoming points against those of the same steps that are there already. */
import { sourceRank } from "../domain/metricSource";
import { range, readChunk, writeChunk } from "./chunks";
import { type Columns, filterColumns, lowerBound, sliceColumns, upperBound } from "./columns";
import type { Database } from "./database";
import type { Series } from "./metrics";
import { namesOf } from "./names";
import { hear, isDisputed } from "./voices";

interface Chunk {
  id: number;
  source: number;
  first_time: number;
  last_time: number;
}

export interface Settled {
  /** What of the incoming points is to be added. */
  points: Columns;
  /** Whether points of the series were taken out. */
  replaced: boolean;
}

/**
 * The incoming points to add: none when their source is overruled (see voices.ts); else without those that are there already
 * and those for whose step a better source has spoken. Points of lesser sources at the steps that remain are taken out.
 * `incoming` is sorted. `isWitness`: whether their steps are told by the source itself.
 */
export function settle(db: Database, series: Series, source: number, incoming: Columns, isWitness: boolean): Settled {
  if (!isDisputed(db, [...series.sources, source])) return settleSteps(db, series, source, incoming);
  const { overruled, takenOut } = hear(db, series, source, incoming, isWitness);
  if (overruled) return { points: sliceColumns(incoming, 0, 0), replaced: takenOut };
  const { points, replaced } = settleSteps(db, series, source, incoming);
  return { points, replaced: replaced || takenOut };
}

/**
 * Chunks are looked into only where their ranges of steps, and for repeats of times, meet: points that go on where the series
 * ended cost nothing.
 */
function settleSteps(db: Database, series: Series, source: number, incoming: Columns): Settled {
  // The steps from here on are new to the series.
  const known = upperBound(incoming.steps, series.last_step);
  if (known === 0) return { points: incoming, replaced: false };
  const alone = series.sources.every((other) => other === source);
  const mayMeet = sliceColumns(incoming, 0, known);
  if (alone && !(range(mayMeet.times).min <= series.last_time)) return { points: incoming, replaced: false };

  const points = withoutRepeats(db, series, source, incoming, known);
  if (alone) return { points, replaced: false };

  const name = namesOf(db, [...series.sources, source]);
  const rank = sourceRank(name(source));
  const others = overlapping(db, series, mayMeet.steps).filter((chunk) => chunk.source !== source);
  const better = others.filter((chunk) => sourceRank(name(chunk.source)) < rank);
  let kept = points;
  for (const chunk of better) kept = withoutSteps(kept, readChunk(db, chunk.id).steps);
  let replaced = false;
  for (const chunk of others) {
    if (!better.includes(chunk)) replaced = takeOut(db, series, chunk, kept.steps) || replaced;
  }
  return { points: kept, replaced };
}

/** Chunks whose range of steps meets that of the sorted, not empty `steps`. */
function overlapping(db: Database, series: Series, steps: Float64Array): Chunk[] {
  return db.all<Chunk>(
    `SELECT id, source, first_time, last_time FROM chunks WHERE series = ? AND last_step >= ? AND first_step <= ?`,
    series.series,
    steps[0]!,
    steps[steps.length - 1]!,
  );
}

/** `points` without those that the source has sent before; only the first `known` may be such. */
function withoutRepeats(db: Database, series: Series, source: number, points: Columns, known: number): Columns {
  const { steps, times, values } = sliceColumns(points, 0, known);
  const window = range(times);
  const meets = (chunk: Chunk) => chunk.last_time >= window.min && chunk.first_time <= window.max;
  const chunks = overlapping(db, series, steps).filter((chunk) => chunk.source === source && meets(chunk));
  if (chunks.length === 0) return points;

  const incoming = new Map(Array.from(steps, (step, i) => [`${step} ${times[i]} ${values[i]}`, i]));
  const repeats = new Set<number>();
  for (const chunk of chunks) {
    const there = readChunk(db, chunk.id);
    const end = upperBound(there.steps, steps[known - 1]!);
    for (let i = lowerBound(there.steps, steps[0]!); i < end; i++) {
      if (there.times[i]! < window.min || there.times[i]! > window.max) continue;
      const same = incoming.get(`${there.steps[i]} ${there.times[i]} ${there.values[i]}`);
      if (same !== undefined) repeats.add(same);
    }
  }
  return filterColumns(points, (i) => !repeats.has(i));
}

function withoutSteps(points: Columns, steps: Float64Array): Columns {
  return filterColumns(points, (i) => !hasStep(steps, points.steps[i]!));
}

/** Takes the points at these steps out of the chunk; true when there were any. */
function takeOut(db: Database, series: Series, chunk: Chunk, steps: Float64Array): boolean {
  const before = readChunk(db, chunk.id);
  const after = withoutSteps(before, steps);
  if (after === before) return false;
  if (after.steps.length === 0) db.run("DELETE FROM chunks WHERE id = ?", chunk.id);
  else writeChunk(db, chunk.id, series.series, chunk.source, after);
  return true;
}

function hasStep(steps: Float64Array, step: number): boolean {
  return steps[lowerBound(steps, step)] === step;
}

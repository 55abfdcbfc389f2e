/**
 * A series lies in chunks: packed points of one source, in step order within the chunk, with what is asked of them most in
 * columns of their own. A batch adds a chunk; sixteen small ones are merged into a bigger one (see merge.ts), so that a
 * point is written a few times only and a million points are about two hundred chunks. Among the chunks of one source and
 * series, a higher number means later arrival.
 */
import { type Columns, packColumns, splitColumns, unpackColumns } from "./columns";
import type { Database } from "./database";
import { writeOutline } from "./outline";

/** Points in one chunk at most. */
export const CHUNK_POINTS = 8_192;

/** Adds sorted points as one chunk, or several when they are many. */
export function appendChunks(db: Database, series: number, source: number, points: Columns): void {
  for (const piece of splitColumns(points, CHUNK_POINTS)) writeChunk(db, null, series, source, piece);
}

/** Writes a new chunk (`id` null), or one in the place of that with this number. */
export function writeChunk(db: Database, id: number | null, series: number, source: number, points: Columns): void {
  const { steps, times, values } = points;
  const count = steps.length;
  const time = range(times);
  const value = range(values);
  db.run(
    "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    id,
    series,
    source,
    count,
    steps[0]!,
    steps[count - 1]!,
    time.min,
    time.max,
    toStored(values[count - 1]!),
    toStored(value.min),
    toStored(value.max),
    packColumns(points),
  );
  writeOutline(db, id, points);
}

export function readChunk(db: Database, id: number): Columns {
  return unpackColumns(db.get<{ points: Uint8Array }>("SELECT points FROM chunks WHERE id = ?", id)!.points);
}

/** Least and greatest, leaving out NaN; both NaN when there is nothing else. */
export function range(numbers: Float64Array): { min: number; max: number } {
  let min = Number.NaN;
  let max = Number.NaN;
  for (const number of numbers) {
    if (!(number >= min)) min = Number.isNaN(number) ? min : number;
    if (!(number <= max)) max = Number.isNaN(number) ? max : number;
  }
  return { min, max };
}

/** SQLite has no NaN: it is kept as NULL. */
export function toStored(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function fromStored(value: number | null): number {
  return value ?? Number.NaN;
}

/** Merging small chunks into bigger ones. */
import { CHUNK_POINTS, writeChunk } from "./chunks";
import { concatColumns, sortColumns, splitColumns, unpackColumns } from "./columns";
import type { Database } from "./database";

/** As many small chunks make a bigger one. */
export const FAN_IN = 16;
/** Chunks with fewer points than these are of the first, second and third size; bigger ones are left alone. */
const SIZES = [16, 256, 4_096];

interface Chunk {
  id: number;
  source: number;
  count: number;
}

/** How many of a source's newest chunks to merge now, given the number of points in each, oldest first. */
export function planMerge(counts: number[]): number {
  let take = 0;
  let points = 0;
  for (const size of SIZES) {
    // What was taken so far will be one chunk; when that is too big for this size, it ends the row of small ones.
    if (take > 0 && points >= size) continue;
    let end = take;
    while (end < counts.length && counts[counts.length - 1 - end]! < size) end++;
    const small = end - take + (take > 0 ? 1 : 0);
    if (small < FAN_IN) continue;
    for (; take < end; take++) points += counts[counts.length - 1 - take]!;
  }
  return take;
}

/** Merges what is due in the series. Inside a write only. */
export function mergeSeries(db: Database, series: number): void {
  const sql = "SELECT id, source, count FROM chunks WHERE series = ? ORDER BY id";
  const bySource = new Map<number, Chunk[]>();
  for (const chunk of db.all<Chunk>(sql, series)) {
    const list = bySource.get(chunk.source);
    if (list) list.push(chunk);
    else bySource.set(chunk.source, [chunk]);
  }
  for (const chunks of bySource.values()) {
    const take = planMerge(chunks.map((chunk) => chunk.count));
    if (take > 0) mergeChunks(db, series, chunks.slice(-take));
  }
}

/** `chunks` are the newest of one source, in arrival order; the result takes the places of the first of them. */
function mergeChunks(db: Database, series: number, chunks: Chunk[]): void {
  const { id: first, source } = chunks[0]!;
  // All at once: a statement for each chunk takes as long as writing the points did.
  const these = "FROM chunks WHERE series = ? AND source = ? AND id >= ?";
  const rows = db.all<{ points: Uint8Array }>(`SELECT points ${these} ORDER BY id`, series, source, first);
  const merged = sortColumns(concatColumns(rows.map(({ points }) => unpackColumns(points))));
  db.run(`DELETE ${these}`, series, source, first);
  for (const [index, piece] of splitColumns(merged, CHUNK_POINTS).entries()) {
    writeChunk(db, chunks[index]!.id, series, source, piece);
  }
}

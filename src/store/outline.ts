/**
 * Long series for pictures, without reading all of their points: beside each big chunk lie some points of it, of every few
 * successive ones those with the least and the greatest value. What is between them can be seen only by looking closer, and
 * no spike is between them. A chunk without an outline is from before there were any, or was saved from a damaged store.
 */
import { type Columns, makeColumns, packColumns } from "./columns";
import type { Database } from "./database";

/** So many successive points have two in the outline. */
const BLOCK = 32;
/** Smaller chunks are quickly read whole. */
const LEAST_POINTS = 1_024;

/** Inside a write only: goes with writing the chunk. `chunk`: its number, null for the one that was added last. */
export function writeOutline(db: Database, chunk: number | null, points: Columns): void {
  const isBig = points.steps.length >= LEAST_POINTS;
  if (isBig)
    db.run(
      "INSERT OR REPLACE INTO outlines VALUES (coalesce(?, (SELECT max(id) FROM chunks)), ?)",
      chunk,
      packColumns(outlineOf(points)),
    );
  else if (chunk !== null) db.run("DELETE FROM outlines WHERE chunk = ?", chunk);
}

/** The first and the last point, and of each block those with the extremes; of one without finite values its first. */
function outlineOf(points: Columns): Columns {
  const { values } = points;
  const last = values.length - 1;
  const places: number[] = [0];
  for (let start = 0; start <= last; start += BLOCK) {
    const [low, high] = placesOfExtremes(values, start, Math.min(start + BLOCK, values.length));
    for (const place of low < high ? [low, high] : [high, low]) if (place > places.at(-1)!) places.push(place);
  }
  if (last > places.at(-1)!) places.push(last);
  const outline = makeColumns(places.length);
  for (const [at, place] of places.entries()) {
    outline.steps[at] = points.steps[place]!;
    outline.times[at] = points.times[place]!;
    outline.values[at] = points.values[place]!;
  }
  return outline;
}

function placesOfExtremes(values: Float64Array, start: number, end: number): [number, number] {
  let [low, high] = [-1, -1];
  for (let at = start; at < end; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    if (low < 0 || value < values[low]!) low = at;
    if (high < 0 || value > values[high]!) high = at;
  }
  return low < 0 ? [start, start] : [low, high];
}

/** A whole series as two columns, x and value: what curves are made of. A page at a time would be read by `metricColumns`. */
import { unpackColumns } from "./columns";
import type { MetricAxis } from "./contract";
import type { Database } from "./database";
import { type Chunk, groupOverlapping, readGroup } from "./history";
import { readSeries, type Series } from "./metrics";
import { findName } from "./names";
import { seqOf } from "./runs";

/** Null when the run has no such metric. The columns are the caller's. */
export function metricAxis(db: Database, id: string, key: string, axis: "steps" | "times"): MetricAxis | null {
  return db.read(() => {
    const series = findSeries(db, id, key);
    if (!series) return null;
    const chunks = db.all<{ id: number; count: number; first_step: number; last_step: number }>(
      "SELECT id, count, first_step, last_step FROM chunks WHERE series = ? ORDER BY first_step, id",
      series.series,
    );
    const total = chunks.reduce((sum, { count }) => sum + count, 0);
    const columns = { x: new Float64Array(total), y: new Float64Array(total) };
    let at = 0;
    for (const group of groupOverlapping(chunks)) {
      const points = readGroup(db, group);
      columns.x.set(points[axis], at);
      columns.y.set(points.values, at);
      at += points.steps.length;
    }
    return columns;
  });
}

/** Null when the run has no such metric, and when most of the series would have to be read. */
export function metricOutline(db: Database, id: string, key: string, axis: "steps" | "times"): MetricAxis | null {
  return db.read(() => {
    const series = findSeries(db, id, key);
    if (!series) return null;
    const chunks = db.all<Chunk & { outline: Uint8Array | null }>(
      `SELECT c.id, c.count, c.first_step, c.last_step, o.points AS outline
        FROM chunks c LEFT JOIN outlines o ON o.chunk = c.id WHERE c.series = ? ORDER BY c.first_step, c.id`,
      series.series,
    );
    const outlines = new Map(chunks.map(({ id: chunk, outline }) => [chunk, outline]));
    const groups = groupOverlapping(chunks);
    const whole = groups.filter(([first, ...others]) => others.length > 0 || !outlines.get(first!.id)).flat();
    // Most would be read anyway.
    if (whole.reduce((sum, { count }) => sum + count, 0) > series.count / 4) return null;
    const parts = groups.map((group) => {
      const outline = group.length === 1 ? outlines.get(group[0]!.id) : null;
      return outline ? unpackColumns(outline) : readGroup(db, group);
    });
    const length = parts.reduce((sum, { steps }) => sum + steps.length, 0);
    const columns = { x: new Float64Array(length), y: new Float64Array(length) };
    let at = 0;
    for (const part of parts) {
      columns.x.set(part[axis], at);
      columns.y.set(part.values, at);
      at += part.steps.length;
    }
    return columns;
  });
}

/** Another text as soon as the series holds other points; null when the run has no such metric. */
export function metricStamp(db: Database, id: string, key: string): string | null {
  return db.read(() => {
    const series = findSeries(db, id, key);
    if (!series) return null;
    return [series.series, series.count, series.last_step, series.last_time, ...series.sources].join(" ");
  });
}

function findSeries(db: Database, id: string, key: string): Series | undefined {
  const keyId = findName(db, key);
  return keyId === undefined ? undefined : readSeries(db, seqOf(db, id), keyId);
}

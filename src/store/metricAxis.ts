/** A whole series as two columns, x and value: what curves are made of. A page at a time would be read by `metricColumns`. */
import { readChunk } from "./chunks";
import { concatColumns, sortColumns } from "./columns";
import type { MetricAxis } from "./contract";
import type { Database } from "./database";
import { groupOverlapping } from "./history";
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
      // By number, so that sorting keeps the order of arrival within a step.
      const parts = group.toSorted((a, b) => a.id - b.id).map((chunk) => readChunk(db, chunk.id));
      const points = parts.length === 1 ? parts[0]! : sortColumns(concatColumns(parts));
      columns.x.set(points[axis], at);
      columns.y.set(points.values, at);
      at += points.steps.length;
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

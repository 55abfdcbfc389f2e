/**
 * The points of a run's metrics as bytes, `metrics.f64`: for each metric, in the order that `run.json` names them, pages of
 * 65,536 points (the last one shorter), each page three columns of 64-bit little-endian floats: steps, times (ms since the
 * epoch), values. The very bits of NaN and of infinities are kept.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { ImportedSeries, Store } from "../../store/contract";
import type { ArchivedSeries } from "./format";

const PAGE = 65_536;
const COLUMNS = 3;

/** Bytes that `metrics.f64` has. */
export function seriesSize(series: readonly ArchivedSeries[]): number {
  return series.reduce((sum, { count }) => sum + count * COLUMNS * Float64Array.BYTES_PER_ELEMENT, 0);
}

/** What there is of the run's metrics, by name. */
export function listSeries(store: Store, id: string, keys: Iterable<string>): ArchivedSeries[] {
  return [...keys].sort().map((key) => {
    const { sources, total } = store.metricColumns(id, key, 0, 0);
    return { key, sources, count: total };
  });
}

/** The bytes of these metrics, a page at a time. Throws when the run has other points than `series` says. */
export function* packSeries(store: Store, id: string, series: readonly ArchivedSeries[]): Generator<Uint8Array> {
  for (const { key, count } of series) {
    for (let from = 0; from < count; from += PAGE) {
      const length = Math.min(PAGE, count - from);
      const { steps, times, values, total } = store.metricColumns(id, key, from, length);
      if (total !== count || steps.length !== length) throw new Error(`The metric ${key} of run ${id} has changed.`);
      const page = new Float64Array(length * COLUMNS);
      page.set(steps);
      page.set(times, length);
      page.set(values, length * 2);
      yield new Uint8Array(page.buffer);
    }
  }
}

/** The points in `file`, a page at a time; it can be gone through several times. `file` has `seriesSize` bytes. */
export function unpackSeries(file: string, series: readonly ArchivedSeries[]): Iterable<ImportedSeries> {
  return { [Symbol.iterator]: () => readPages(file, series) };
}

function* readPages(file: string, series: readonly ArchivedSeries[]): Generator<ImportedSeries> {
  const descriptor = openSync(file, "r");
  try {
    for (const { key, sources, count } of series) {
      for (let from = 0; from < count; from += PAGE) {
        const length = Math.min(PAGE, count - from);
        const page = new Float64Array(length * COLUMNS);
        readFully(descriptor, new Uint8Array(page.buffer));
        yield {
          key,
          sources,
          steps: page.subarray(0, length),
          times: page.subarray(length, length * 2),
          values: page.subarray(length * 2),
        };
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function readFully(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const count = readSync(descriptor, bytes, at, bytes.length - at, null);
    if (count === 0) throw new Error("The points of a run's metrics end too early.");
    at += count;
  }
}

/** A metric's points in the order in which clients get them: by time, then step, then value. */
import { type Columns, makeColumns } from "../columns";
import type { Database } from "../database";
import { metricColumns } from "../history";
import { readSeries } from "../metrics";
import { findName } from "../names";
import { needRun } from "./clientRun";

/** Gives the points of a run's metric, none when there is no such metric. Throws Refusal when there is no such run. */
export type HistoryReader = (id: string, key: string) => Columns;

/** Keeps the last series, as a client that asks for a page asks for the next one soon. */
export function makeHistoryReader(db: Database): HistoryReader {
  let last: { state: string; columns: Columns } | null = null;
  return (id, key) =>
    db.read(() => {
      const { seq } = needRun(db, id);
      const name = findName(db, key);
      const series = name === undefined ? undefined : readSeries(db, seq, name);
      if (!series) return makeColumns(0);
      // All that moves when points come or go.
      const state = JSON.stringify([db.file, series]);
      if (last?.state !== state) last = { state, columns: inClientOrder(metricColumns(db, id, key, 0, Infinity)) };
      return last.columns;
    });
}

function inClientOrder({ steps, times, values }: Columns): Columns {
  const compare = (a: number, b: number) => times[a]! - times[b]! || steps[a]! - steps[b]! || values[a]! - values[b]!;
  let sorted = true;
  // NaN compares as equal: its place among points of the same time and step means nothing.
  for (let i = 1; i < steps.length && sorted; i++) sorted = !(compare(i - 1, i) > 0);
  if (sorted) return { steps, times, values };
  const order = Uint32Array.from(steps, (_, index) => index).sort((a, b) => compare(a, b) || a - b);
  const columns = makeColumns(steps.length);
  for (const [to, from] of order.entries()) {
    columns.steps[to] = steps[from]!;
    columns.times[to] = times[from]!;
    columns.values[to] = values[from]!;
  }
  return columns;
}

/** Cells of metrics: what the series' summaries say, or the value at a step. */
import type { ColumnKey, MetricAspect } from "../../domain/table/columns";
import { fromStored, readChunk } from "../chunks";
import type { Database } from "../database";
import { findName, namesOf } from "../names";
import type { CellsBuilder } from "./cells";
import { type RunFilter, where } from "./runFilter";
import { keyCondition, readValues } from "./values";

type Cells = ReturnType<CellsBuilder["column"]>;

const COLUMNS: Record<Exclude<MetricAspect, number>, string> = {
  last: "last",
  min: "min",
  max: "max",
  count: "count",
  lastStep: "last_step",
};

export function addMetrics(
  db: Database,
  builder: CellsBuilder,
  runs: RunFilter,
  keys: readonly ColumnKey[] | null,
): void {
  if (keys === null) addLast(db, builder, runs);
  const aspects = new Set(keys?.map(({ aspect = "last" }) => aspect));
  for (const aspect of aspects) {
    const cells = new Map<number, Cells>();
    for (const column of keys ?? []) {
      if ((column.aspect ?? "last") !== aspect) continue;
      const added = builder.column(column, "number");
      const key = findName(db, column.key);
      if (key !== undefined) cells.set(key, added);
    }
    if (typeof aspect === "number") for (const [key, added] of cells) addAtStep(db, added, runs, key, aspect);
    else addAspect(db, cells, runs, aspect);
  }
}

function addAspect(db: Database, cells: Map<number, Cells>, runs: RunFilter, aspect: keyof typeof COLUMNS): void {
  const sql = `SELECT run, key, ${COLUMNS[aspect]} FROM metrics ${where(keyCondition(cells.size), runs.sql)}`;
  const values = [JSON.stringify([...cells.keys()]), ...runs.values];
  for (const [run, key, value] of readValues<[number, number, number | null]>(db, sql, values)) {
    cells.get(key)!.add(run, fromStored(value));
  }
}

function addLast(db: Database, builder: CellsBuilder, runs: RunFilter): void {
  const rows = db.all<{ run: number; key: number; last: number | null }>(
    `SELECT run, key, last FROM metrics ${where(runs.sql)}`,
    ...runs.values,
  );
  const name = namesOf(
    db,
    rows.map(({ key }) => key),
  );
  for (const { run, key, last } of rows) {
    builder.column({ source: "metric", key: name(key) }, "number").add(run, fromStored(last));
  }
}

/** The value logged last at or before the step, of the runs that came as far as this step. */
function addAtStep(db: Database, cells: Cells, runs: RunFilter, key: number, step: number): void {
  const sql = `SELECT run, series FROM metrics ${where("key = ?", "last_step >= ?", runs.sql)}`;
  for (const { run, series } of db.all<{ run: number; series: number }>(sql, key, step, ...runs.values)) {
    const value = valueAt(db, series, step);
    if (value !== undefined) cells.add(run, value);
  }
}

function valueAt(db: Database, series: number, step: number): number | undefined {
  // What comes last may be in any chunk that ends at or behind the latest beginning.
  const chunks = db.all<{ id: number }>(
    `SELECT id FROM chunks WHERE series = ?1 AND first_step <= ?2
      AND last_step >= (SELECT max(first_step) FROM chunks WHERE series = ?1 AND first_step <= ?2) ORDER BY id`,
    series,
    step,
  );
  let found: { step: number; value: number } | undefined;
  for (const { id } of chunks) {
    const { steps, values } = readChunk(db, id);
    for (let at = 0; at < steps.length && steps[at]! <= step; at++) {
      // Of points at one step the latest to arrive counts; chunks come in the order of arrival.
      if (!found || steps[at]! >= found.step) found = { step: steps[at]!, value: values[at]! };
    }
  }
  return found?.value;
}

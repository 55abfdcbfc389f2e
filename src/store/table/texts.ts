/** Cells of params and tags. */
import type { ColumnKey } from "../../domain/table/columns";
import { IS_OWN_TAG } from "../../domain/tags";
import type { Database } from "../database";
import { findName, namesOf } from "../names";
import type { CellsBuilder } from "./cells";
import { type RunFilter, where } from "./runFilter";
import { keyCondition, readValues } from "./values";

interface Row<Key> {
  run: number;
  key: Key;
  value: string;
}

export function addParams(
  db: Database,
  builder: CellsBuilder,
  runs: RunFilter,
  keys: readonly ColumnKey[] | null,
): void {
  if (keys === null) {
    const rows = db.all<Row<number>>(`SELECT run, key, value FROM params ${where(runs.sql)}`, ...runs.values);
    const name = namesOf(
      db,
      rows.map(({ key }) => key),
    );
    for (const { run, key, value } of rows) {
      builder.column({ source: "param", key: name(key) }, "text").add(run, value);
    }
    return;
  }
  const cells = new Map<number, ReturnType<CellsBuilder["column"]>>();
  for (const column of keys) {
    const added = builder.column(column, "text");
    const key = findName(db, column.key);
    if (key !== undefined) cells.set(key, added);
  }
  const sql = `SELECT run, key, value FROM params ${where(keyCondition(cells.size), runs.sql)}`;
  const values = [JSON.stringify([...cells.keys()]), ...runs.values];
  for (const [run, key, value] of readValues<[number, number, string]>(db, sql, values))
    cells.get(key)!.add(run, value);
}

export function addTags(db: Database, builder: CellsBuilder, runs: RunFilter, keys: readonly ColumnKey[] | null): void {
  const names = keys && `key IN (SELECT value FROM json_each(?))`;
  const rows = db.all<Row<string>>(
    `SELECT run, key, value FROM tags ${where(names ?? IS_OWN_TAG, runs.sql)}`,
    ...(keys ? [JSON.stringify(keys.map(({ key }) => key))] : []),
    ...runs.values,
  );
  for (const column of keys ?? []) builder.column(column, "text");
  for (const { run, key, value } of rows) builder.column({ source: "tag", key }, "text").add(run, value);
}

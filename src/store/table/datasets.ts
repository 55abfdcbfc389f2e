/** Cells of datasets: the version that a run used, read before written. */
import type { ColumnKey } from "../../domain/table/columns";
import type { Database } from "../database";
import type { CellsBuilder } from "./cells";
import { type RunFilter, where } from "./runFilter";

export function addDatasets(
  db: Database,
  builder: CellsBuilder,
  runs: RunFilter,
  keys: readonly ColumnKey[] | null,
): void {
  const names = keys === null ? "" : "d.name IN (SELECT value FROM json_each(?))";
  const sql = `SELECT u.run, d.name, lower(hex(v.version)) AS version, min(u.role) FROM run_datasets u
      JOIN datasets d ON d.id = u.dataset JOIN dataset_versions v ON v.id = u.version
    ${where(names, runs.sql)} GROUP BY u.run, u.dataset`;
  const given = keys === null ? [] : [JSON.stringify(keys.map(({ key }) => key))];
  for (const column of keys ?? []) builder.column(column, "text");
  for (const row of db.all<{ run: number; name: string; version: string }>(sql, ...given, ...runs.values)) {
    builder.column({ source: "data", key: row.name }, "text").add(row.run, row.version);
  }
}

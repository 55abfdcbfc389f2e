/** Cells of environments, which many runs share: each is read once. */

import type { Environment } from "../../domain/run";
import { type ColumnKey, ENVIRONMENT_COLUMNS, type EnvironmentColumn } from "../../domain/table/columns";
import type { Database } from "../database";
import type { CellsBuilder } from "./cells";
import { type RunFilter, where } from "./runFilter";

export function addEnvironment(
  db: Database,
  builder: CellsBuilder,
  runs: RunFilter,
  keys: readonly ColumnKey[] | null,
): void {
  const names = keys?.map(({ key }) => key) ?? Object.keys(ENVIRONMENT_COLUMNS);
  const wanted = names.filter((key): key is EnvironmentColumn => Object.hasOwn(ENVIRONMENT_COLUMNS, key));
  const columns = wanted.map((key) => ({ key, cells: builder.column({ source: "environment", key }, "text") }));
  for (const { run, environment } of environmentsOf(db, runs)) {
    for (const { key, cells } of columns) {
      const value = key === "gpus" ? environment.gpus.join(", ") : environment[key];
      if (value) cells.add(run, value);
    }
  }
}

/** Packages that runs imported, with their versions. */
export function addPackages(
  db: Database,
  builder: CellsBuilder,
  runs: RunFilter,
  keys: readonly ColumnKey[] | null,
): void {
  for (const column of keys ?? []) builder.column(column, "text");
  for (const { run, environment } of environmentsOf(db, runs)) {
    for (const key of keys?.map((column) => column.key) ?? environment.imported) {
      const version = Object.hasOwn(environment.packages, key) ? environment.packages[key] : undefined;
      if (version !== undefined) builder.column({ source: "package", key }, "text").add(run, version);
    }
  }
}

/** Names of packages that some run imported, in order. */
export function importedPackages(db: Database): string[] {
  const sql = `SELECT DISTINCT i.value AS name FROM environments e, json_each(e.content, '$.imported') i
    WHERE EXISTS (SELECT 1 FROM runs r WHERE r.environment = e.id AND r.deleted IS NULL) ORDER BY 1`;
  return db.all<{ name: string }>(sql).map(({ name }) => name);
}

function* environmentsOf(db: Database, runs: RunFilter): Iterable<{ run: number; environment: Environment }> {
  const rows = db.all<{ run: number; id: number }>(
    `SELECT run, id FROM (SELECT seq AS run, environment AS id, deleted FROM runs)
      ${where("deleted IS NULL", "id IS NOT NULL", runs.sql)}`,
    ...runs.values,
  );
  const read = new Map<number, Environment>();
  for (const { run, id } of rows) {
    let environment = read.get(id);
    if (!environment) {
      const { content } = db.get<{ content: string }>("SELECT content FROM environments WHERE id = ?", id)!;
      environment = JSON.parse(content) as Environment;
      read.set(id, environment);
    }
    yield { run, environment };
  }
}

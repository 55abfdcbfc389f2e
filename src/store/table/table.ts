/** Many runs as columns: each column is one query, so that a table of any width costs what of it is looked at. */
import type { ColumnKey, ColumnSource, TableRows, TableScope } from "../../domain/table/columns";
import { CODE_COLUMNS, ENVIRONMENT_COLUMNS, RUN_COLUMNS } from "../../domain/table/columns";
import type { Database } from "../database";
import { runCondition } from "../filter";
import { listKeys } from "../overview";
import { CellsBuilder } from "./cells";
import { MOST_ROWS, type TableStore } from "./contract";
import { addDatasets } from "./datasets";
import { addEnvironment, addPackages, importedPackages } from "./environment";
import { addMetrics } from "./metrics";
import { addCode, addRunColumns } from "./runColumns";
import { type RunFilter, runsIn } from "./runFilter";
import { addParams, addTags } from "./texts";

/** Adds the cells of these columns, all of one source; null: of all columns that the runs have. */
type AddCells = (db: Database, builder: CellsBuilder, runs: RunFilter, keys: readonly ColumnKey[] | null) => void;

const READERS: Record<ColumnSource, AddCells> = {
  run: addRunColumns,
  metric: addMetrics,
  param: addParams,
  tag: addTags,
  data: addDatasets,
  code: addCode,
  environment: addEnvironment,
  package: addPackages,
};

export function makeTable(db: Database): TableStore {
  return {
    part: (scope, limit, more) =>
      db.read(() => {
        const rows = readRows(db, scope, limit);
        const builder = new CellsBuilder();
        const runs = runsIn([...rows.runs]);
        for (const add of Object.values(READERS)) add(db, builder, runs, null);
        const others = more.filter(({ aspect = "last" }) => aspect !== "last");
        if (others.length > 0) addMetrics(db, builder, runs, others);
        return { rows, columns: builder.build() };
      }),
    index: (scope) =>
      db.read(() => {
        const condition = scopeCondition(scope);
        const sql = `SELECT count(*) AS total FROM runs r WHERE ${condition.sql}`;
        const { total } = db.get<{ total: number }>(sql, ...condition.values)!;
        return { rows: readRows(db, scope, MOST_ROWS), columns: listColumns(db), total };
      }),
    columns: (scope, columns) =>
      db.read(() => {
        const builder = new CellsBuilder();
        const condition = scopeCondition(scope);
        const isAll = scope.experiment === undefined && scope.ids === undefined;
        const runs: RunFilter = isAll
          ? { sql: "", values: [] }
          : { sql: `run IN (SELECT seq FROM runs r WHERE ${condition.sql})`, values: condition.values };
        for (const [source, keys] of bySource(columns)) READERS[source](db, builder, runs, keys);
        return builder.build();
      }),
  };
}

function scopeCondition({ experiment, ids }: TableScope) {
  const condition = runCondition(experiment === undefined ? {} : { experiment });
  if (ids === undefined) return condition;
  return {
    sql: `${condition.sql} AND r.id IN (SELECT value FROM json_each(?))`,
    values: [...condition.values, JSON.stringify(ids)],
  };
}

function readRows(db: Database, scope: TableScope, limit: number): TableRows {
  const { sql, values } = scopeCondition(scope);
  const rows = db.all<{ seq: number; id: string }>(
    `SELECT r.seq, r.id FROM runs r WHERE ${sql} ORDER BY r.start_time DESC, r.seq DESC LIMIT ?`,
    ...values,
    limit,
  );
  return { runs: Uint32Array.from(rows, ({ seq }) => seq), ids: rows.map(({ id }) => id).join("") };
}

function listColumns(db: Database): ColumnKey[] {
  const { params, metrics, tags } = listKeys(db);
  const datasets = db.all<{ name: string }>("SELECT name FROM datasets ORDER BY name").map(({ name }) => name);
  const named = (source: ColumnSource, keys: readonly string[]) => keys.map((key): ColumnKey => ({ source, key }));
  return [
    ...named("run", Object.keys(RUN_COLUMNS)),
    ...named("metric", metrics),
    ...named("param", params),
    ...named("tag", tags),
    ...named("data", datasets),
    ...named("code", Object.keys(CODE_COLUMNS)),
    ...named("environment", Object.keys(ENVIRONMENT_COLUMNS)),
    ...named("package", importedPackages(db)),
  ];
}

function bySource(columns: readonly ColumnKey[]): Map<ColumnSource, ColumnKey[]> {
  const found = new Map<ColumnSource, ColumnKey[]>();
  for (const column of columns) found.set(column.source, [...(found.get(column.source) ?? []), column]);
  return found;
}

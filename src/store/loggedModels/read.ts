/** Logged models with what belongs to them, many at once. */
import { fromStored } from "../chunks";
import type { Database } from "../database";
import type { LoggedModel, LoggedModelStatus } from "./contract";

interface ModelRow {
  seq: number;
  id: string;
  experiment: number;
  artifact_location: string | null;
  name: string;
  run: string | null;
  type: string;
  status: LoggedModelStatus;
  created: number;
  updated: number;
  deleted: number | null;
}

/** In this order; unknown ids are left out. Inside a read or a write. */
export function readModels(db: Database, ids: readonly string[]): LoggedModel[] {
  const rows = db.all<ModelRow>(
    `SELECT l.*, e.artifact_location FROM logged_models l LEFT JOIN experiments e ON e.id = l.experiment
    WHERE l.id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
  const list = JSON.stringify(rows.map(({ seq }) => seq));
  const [params, tags] = ["logged_model_params", "logged_model_tags"].map((table) => textsOf(db, table, list));
  const metrics = metricsOf(db, ids);
  const byId = new Map(
    rows.map((row): [string, LoggedModel] => [
      row.id,
      {
        id: row.id,
        experiment: row.experiment,
        artifactLocation: row.artifact_location,
        name: row.name,
        run: row.run,
        type: row.type,
        status: row.status,
        created: row.created,
        updated: row.updated,
        deleted: row.deleted !== null,
        params: Object.fromEntries(params!.get(row.seq) ?? []),
        tags: Object.fromEntries(tags!.get(row.seq) ?? []),
        metrics: metrics.get(row.id) ?? [],
      },
    ]),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function textsOf(db: Database, table: string, list: string): Map<number, [string, string][]> {
  const sql = `SELECT model, key, value FROM ${table} WHERE model IN (SELECT value FROM json_each(?)) ORDER BY model, key`;
  const byModel = new Map<number, [string, string][]>();
  for (const { model, key, value } of db.all<{ model: number; key: string; value: string }>(sql, list)) {
    byModel.set(model, [...(byModel.get(model) ?? []), [key, value]]);
  }
  return byModel;
}

interface MetricRow {
  model: string;
  key: string;
  step: number;
  time: number;
  value: number | null;
  run: string;
  dataset_name: string;
  dataset_digest: string;
}

/** Of each metric, run and dataset the latest. */
function metricsOf(db: Database, ids: readonly string[]): Map<string, LoggedModel["metrics"]> {
  const rows = db.all<MetricRow>(
    `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY model, key, run, dataset_name, dataset_digest
        ORDER BY step DESC, time DESC, value DESC) AS place FROM logged_model_metrics
      WHERE model IN (SELECT value FROM json_each(?))) WHERE place = 1 ORDER BY model, key`,
    JSON.stringify(ids),
  );
  const byModel = new Map<string, LoggedModel["metrics"]>();
  for (const { model, key, step, time, value, run, dataset_name, dataset_digest } of rows) {
    const dataset = dataset_name === "" ? {} : { dataset: { name: dataset_name, digest: dataset_digest } };
    const metric = { key, step, time, value: fromStored(value), model, run, ...dataset };
    const metrics = byModel.get(model);
    if (metrics) metrics.push(metric);
    else byModel.set(model, [metric]);
  }
  return byModel;
}

/** Datasets and logged models that runs say they took in or gave out. */
import { maskText } from "../../domain/secrets";
import type { Database } from "../database";
import { touchRun } from "../revision";
import { needActiveRun } from "./clientRun";
import type { DatasetInput, LoggedDataset } from "./contract";

/** See `TrackingStore.logInputs`. What is there already stays as it was first said. */
export function logInputs(db: Database, id: string, inputs: { datasets: DatasetInput[]; models: string[] }): void {
  db.write(() => {
    const { seq, experiment } = needActiveRun(db, id);
    for (const { dataset, tags } of inputs.datasets) {
      const number = datasetNumber(db, experiment, dataset);
      db.run(
        "INSERT OR IGNORE INTO dataset_inputs VALUES (?, ?, ?)",
        seq,
        number,
        JSON.stringify(Object.entries(tags)),
      );
    }
    for (const model of inputs.models) addModel(db, seq, "input", model, 0);
    touchRun(db, seq);
  });
}

/** See `TrackingStore.logOutputs`. */
export function logOutputs(db: Database, id: string, models: { model: string; step: number }[]): void {
  db.write(() => {
    const { seq } = needActiveRun(db, id);
    for (const { model, step } of models) addModel(db, seq, "output", model, step);
    touchRun(db, seq);
  });
}

function addModel(db: Database, run: number, role: "input" | "output", model: string, step: number): void {
  db.run("INSERT OR IGNORE INTO run_models VALUES (?, ?, ?, ?)", run, role, model, step);
}

function datasetNumber(db: Database, experiment: number, dataset: LoggedDataset): number {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  const sql = "SELECT id FROM logged_datasets WHERE experiment = ? AND name = ? AND digest = ?";
  const found = db.get<{ id: number }>(sql, experiment, name, digest);
  if (found) return found.id;
  return db.get<{ id: number }>(
    `INSERT INTO logged_datasets (experiment, name, digest, source_type, source, schema, profile)
    VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    experiment,
    name,
    digest,
    sourceType,
    // Addresses of databases have passwords in them.
    maskText(source),
    schema,
    profile,
  )!.id;
}

export interface RunLinks {
  datasetInputs: DatasetInput[];
  modelInputs: string[];
  modelOutputs: { model: string; step: number }[];
}

interface DatasetRow extends Omit<LoggedDataset, "sourceType"> {
  run: number;
  tags: string;
  source_type: string;
}

/** Of the runs with these numbers, by number. Inside a read only. */
export function readLinks(db: Database, seqs: readonly number[]): Map<number, RunLinks> {
  const links = new Map(seqs.map((seq) => [seq, { datasetInputs: [], modelInputs: [], modelOutputs: [] } as RunLinks]));
  const list = JSON.stringify(seqs);
  const datasets = db.all<DatasetRow>(
    `SELECT i.run, i.tags, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
    FROM dataset_inputs i JOIN logged_datasets d ON d.id = i.dataset
    WHERE i.run IN (SELECT value FROM json_each(?)) ORDER BY i.run, d.id`,
    list,
  );
  for (const { run, tags, source_type: sourceType, name, digest, source, schema, profile } of datasets) {
    const dataset = { name, digest, sourceType, source, schema, profile };
    const entries = JSON.parse(tags) as [string, string][];
    links.get(run)!.datasetInputs.push({ dataset, tags: Object.fromEntries(entries) });
  }
  const models = db.all<{ run: number; role: string; model: string; step: number }>(
    "SELECT run, role, model, step FROM run_models WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, step, model",
    list,
  );
  for (const { run, role, model, step } of models) {
    const { modelInputs, modelOutputs } = links.get(run)!;
    if (role === "input") modelInputs.push(model);
    else modelOutputs.push({ model, step });
  }
  return links;
}

/** MLflow's database, `mlflow.db`: the tables are the same in all its versions as far as they are read here. */
import { createHash } from "node:crypto";
import path from "node:path";
import type { Gap } from "../../domain/run";
import type { ForeignFile, ForeignRun, FoundRun, ImportContext, Importer } from "./contract";
import { modelFolder } from "./mlflowFolder";
import { fromStoredValue, localArtifacts, toForeign } from "./mlflowRun";
import { PointGatherer } from "./points";
import { type ForeignDatabase, withDatabase } from "./readDatabase";
import { importedId } from "./runId";

interface RunRow {
  run_uuid: string;
  name: string | null;
  user_id: string | null;
  status: string;
  start_time: number;
  end_time: number | null;
  artifact_uri: string | null;
  experiment: string;
}

/** Rows of metrics read at once. */
const PAGE = 50_000;

export const mlflowDatabase: Importer = {
  kind: "mlflow-database",
  title: "MLflow database",
  find({ location }, context) {
    const { temporary } = context;
    return withDatabase(location, temporary, (database) => {
      const runs = database.all<RunRow>(
        `SELECT r.run_uuid, r.name, r.user_id, r.status, CAST(r.start_time AS REAL) AS start_time,
          CAST(r.end_time AS REAL) AS end_time, r.artifact_uri, e.name AS experiment
        FROM runs r JOIN experiments e USING (experiment_id)
        WHERE r.lifecycle_stage = 'active' AND e.lifecycle_stage = 'active' ORDER BY r.start_time, r.run_uuid`,
      );
      return runs.map(
        (row): FoundRun => ({
          id: importedId("mlflow", row.run_uuid),
          originalId: row.run_uuid,
          name: row.name || tagsOf(database, row.run_uuid)["mlflow.runName"] || row.run_uuid,
          experiment: row.experiment,
          state: stateOf(database, row),
          read: () => withDatabase(location, temporary, (again) => readRun(again, location, row, context)),
        }),
      );
    });
  },
};

function keyed(rows: { key: string; value: string | null }[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value ?? ""]));
}

const paramsOf = (database: ForeignDatabase, run: string) =>
  keyed(database.all("SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", run));
const tagsOf = (database: ForeignDatabase, run: string) =>
  keyed(database.all("SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY key", run));

/** Points are only added: their number and the last of each metric tell of all. */
function stateOf(database: ForeignDatabase, row: RunRow): string {
  const run = row.run_uuid;
  const points = database.get("SELECT count(*) AS count FROM metrics WHERE run_uuid = ?", run);
  const latest = database.all(
    `SELECT key, value, is_nan, CAST(timestamp AS REAL) AS time, CAST(step AS REAL) AS step
    FROM latest_metrics WHERE run_uuid = ? ORDER BY key`,
    run,
  );
  const all = JSON.stringify([row, paramsOf(database, run), tagsOf(database, run), points, latest]);
  return createHash("sha256").update(all).digest("hex");
}

async function readRun(
  database: ForeignDatabase,
  location: string,
  row: RunRow,
  context: ImportContext,
): Promise<ForeignRun> {
  const { files, gaps } = await artifactsOf(database, location, row, context);
  return toForeign({
    status: row.status,
    startTime: row.start_time,
    endTime: row.end_time,
    user: row.user_id,
    params: paramsOf(database, row.run_uuid),
    tags: tagsOf(database, row.run_uuid),
    points: readMetrics(database, row.run_uuid),
    artifacts: files,
    gaps,
  });
}

function readMetrics(database: ForeignDatabase, run: string): PointGatherer {
  const points = new PointGatherer();
  for (let after = -1; ; ) {
    const rows = database.all<{ id: number; key: string; value: number; nan: number; time: number; step: number }>(
      `SELECT rowid AS id, key, value, is_nan AS nan, CAST(timestamp AS REAL) AS time, CAST(step AS REAL) AS step
      FROM metrics WHERE run_uuid = ? AND rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
      run,
      after,
    );
    for (const { key, value, nan, time, step } of rows) points.add(key, step, time, fromStoredValue(value, nan !== 0));
    if (rows.length < PAGE) return points;
    after = rows.at(-1)!.id;
  }
}

async function artifactsOf(
  database: ForeignDatabase,
  location: string,
  row: RunRow,
  context: ImportContext,
): Promise<{ files: ForeignFile[]; gaps: Gap[] }> {
  // Relative addresses are of the folder in which MLflow was started, as a rule that of the database.
  const base = path.dirname(location);
  const result: { files: ForeignFile[]; gaps: Gap[] } = { files: [], gaps: [] };
  const add = async (address: string | null, prefix: string) => {
    if (!address) return;
    const { files, gaps } = await localArtifacts(address, base, [base], context, prefix);
    result.files.push(...files);
    result.gaps.push(...gaps);
  };
  await add(row.artifact_uri, "");
  const names = new Set<string>();
  for (const { id, name, address } of loggedModels(database, row.run_uuid)) {
    await add(address, `models/${modelFolder(name ?? id, id, names)}/`);
  }
  return result;
}

/** MLflow 3 has models beside runs. */
function loggedModels(database: ForeignDatabase, run: string) {
  if (!database.columns("logged_models").has("source_run_id")) return [];
  return database.all<{ id: string; name: string | null; address: string | null }>(
    "SELECT model_id AS id, name, artifact_location AS address FROM logged_models WHERE source_run_id = ? ORDER BY model_id",
    run,
  );
}

/** Trackio's databases: one for each project, `<project>.db`, with a row of JSON for each call of `trackio.log`. */
import path from "node:path";
import { UserError } from "../../domain/errors";
import { emptyRun, type ForeignRun, type FoundRun, type Importer } from "./contract";
import { PointGatherer } from "./points";
import { flatten, paramText, parsePythonJson } from "./pythonJson";
import { type ForeignDatabase, withDatabase } from "./readDatabase";
import { importedId } from "./runId";

/** Rows read at once. */
const PAGE = 5_000;
const NUMBERS: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity };

interface Row {
  id: number;
  timestamp: string;
  step: number | null;
  metrics: string | Uint8Array;
}

export const trackio: Importer = {
  kind: "trackio",
  title: "Trackio database",
  find({ location }, context) {
    const { temporary } = context;
    const project = path.basename(location, ".db");
    return withDatabase(location, temporary, (database) => {
      const columns = database.columns("metrics");
      if (!columns.has("run_name") || !columns.has("metrics")) {
        throw new UserError(`${location} is no database of Trackio's.`);
      }
      // Early versions told runs apart by their names only.
      const key = columns.has("run_id") ? "run_id" : "run_name";
      const runs = database.all<{
        run: string;
        name: string;
        rows: number;
        last: number;
        first: string;
        system: number;
      }>(
        `SELECT ${key} AS run, max(run_name) AS name, count(*) AS rows, max(id) AS last, min(timestamp) AS first
        FROM metrics GROUP BY ${key} ORDER BY min(id)`,
      );
      return runs.map(
        ({ run, name, rows, last, first }): FoundRun => ({
          id: importedId("trackio", project, run, key === "run_name" ? first : ""),
          originalId: run,
          name,
          experiment: project,
          state: JSON.stringify([rows, last, systemState(database, key, run), configOf(database, key, run)]),
          read: () => withDatabase(location, temporary, (again) => readRun(again, key, run)),
        }),
      );
    });
  },
};

function systemState(database: ForeignDatabase, key: string, run: string): unknown {
  if (!database.columns("system_metrics").has(key)) return null;
  return database.get(`SELECT count(*) AS rows, max(id) AS last FROM system_metrics WHERE ${key} = ?`, run);
}

const text = (value: string | Uint8Array) => (typeof value === "string" ? value : Buffer.from(value).toString("utf8"));

function configOf(database: ForeignDatabase, key: string, run: string): Record<string, unknown> {
  if (!database.columns("configs").has(key)) return {};
  const row = database.get<{ config: string | Uint8Array }>(`SELECT config FROM configs WHERE ${key} = ?`, run);
  return row ? (parsePythonJson(text(row.config)) as Record<string, unknown>) : {};
}

function* rowsOf(database: ForeignDatabase, table: string, key: string, run: string): Generator<Row> {
  if (!database.columns(table).has(key)) return;
  const step = table === "metrics" ? "CAST(step AS REAL)" : "NULL";
  const sql = `SELECT id, timestamp, ${step} AS step, metrics FROM ${table} WHERE ${key} = ? AND id > ? ORDER BY id LIMIT ${PAGE}`;
  for (let after = -1; ; ) {
    const rows = database.all<Row>(sql, run, after);
    yield* rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

function readRun(database: ForeignDatabase, key: string, run: string): ForeignRun {
  const points = new PointGatherer();
  let start: number | null = null;
  for (const row of rowsOf(database, "metrics", key, run)) {
    const time = Date.parse(row.timestamp);
    start ??= time;
    addRow(points, row, "", row.step ?? 0, time);
  }
  for (const row of rowsOf(database, "system_metrics", key, run)) {
    const time = Date.parse(row.timestamp);
    addRow(points, row, "system/", Math.max(0, Math.round((time - (start ?? time)) / 1_000)), time);
  }
  const { _Created: created, _Username: user, _Group: group, ...config } = configOf(database, key, run);
  const begun = typeof created === "string" ? Date.parse(created) : Number.NaN;
  const params = [...flatten(config, ".")].filter(([name]) => !name.startsWith("_"));
  const tags = { "trackio.user": user, "trackio.group": group };
  return {
    ...emptyRun(Number.isFinite(begun) ? begun : (start ?? 0)),
    // Nothing says how a run ended, or whether it has.
    endTime: points.lastTime(),
    params: Object.fromEntries(params.map(([name, value]) => [name, paramText(value)])),
    tags: Object.fromEntries(
      Object.entries(tags).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    ),
    series: points.series("trackio"),
  };
}

/** A row's numbers, nested ones too; pictures, tables and texts are left out. */
function addRow(points: PointGatherer, row: Row, prefix: string, step: number, time: number): void {
  const values = parsePythonJson(text(row.metrics)) as Record<string, unknown>;
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && typeof value === "object" && "_type" in value) continue;
    for (const [name, leaf] of flatten({ [key]: value }, ".")) {
      const number = typeof leaf === "string" ? NUMBERS[leaf] : typeof leaf === "boolean" ? Number(leaf) : leaf;
      if (typeof number === "number") points.add(prefix + name, step, time, number);
    }
  }
}

/** Runs with what was logged to them, as clients ask for them: many at once. */
import { fromStored } from "../chunks";
import type { Database } from "../database";
import { namesOf } from "../names";
import { type ClientRunRow, readClientRuns, toTrackedRun } from "./clientRun";
import type { LoggedMetric, TrackedRunData } from "./contract";
import { readLinks } from "./inputs";
import { sourceNumber } from "./log";

/** See `TrackingStore.runs`. */
export function clientRunData(
  db: Database,
  ids: readonly string[],
  { metrics: wanted = true }: { metrics?: boolean } = {},
): TrackedRunData[] {
  return db.read(() => {
    const rows = readClientRuns(db, ids);
    const seqs = rows.map((row) => row.seq);
    const list = JSON.stringify(seqs);
    const params = textsOf(
      db,
      `SELECT p.run, n.name AS key, p.value FROM params p JOIN names n ON n.id = p.key
      WHERE p.run IN (SELECT value FROM json_each(?)) ORDER BY p.run, n.name`,
      list,
    );
    const tags = textsOf(db, "SELECT run, key, value FROM tags WHERE run IN (SELECT value FROM json_each(?))", list);
    const metrics = wanted ? lastMetrics(db, rows, list) : new Map<number, LoggedMetric[]>();
    const links = readLinks(db, seqs);
    const byId = new Map(
      rows.map((row): [string, TrackedRunData] => [
        row.id,
        {
          ...toTrackedRun(row),
          ...links.get(row.seq)!,
          params: Object.fromEntries(params.get(row.seq) ?? []),
          tags: Object.fromEntries([...(tags.get(row.seq) ?? []), ...columnTags(row)]),
          metrics: metrics.get(row.seq) ?? [],
        },
      ]),
    );
    return ids.flatMap((id) => byId.get(id) ?? []);
  });
}

function columnTags({ name, note }: ClientRunRow): [string, string][] {
  const runName: [string, string] = ["mlflow.runName", name];
  return note === "" ? [runName] : [runName, ["mlflow.note.content", note]];
}

function textsOf(db: Database, sql: string, list: string): Map<number, [string, string][]> {
  const byRun = new Map<number, [string, string][]>();
  for (const { run, key, value } of db.all<{ run: number; key: string; value: string }>(sql, list)) {
    const texts = byRun.get(run);
    if (texts) texts.push([key, value]);
    else byRun.set(run, [[key, value]]);
  }
  return byRun;
}

interface MetricRow {
  run: number;
  key: number;
  sources: string;
  last: number | null;
  last_step: number;
  last_time: number;
}

/**
 * Of a run that a client asked for, only metrics that clients have logged: a client that logs a model asks for the whole
 * series of each metric there is, and those of the machine would cost it time.
 */
function lastMetrics(db: Database, runs: readonly ClientRunRow[], list: string): Map<number, LoggedMetric[]> {
  const rows = db.all<MetricRow>(
    `SELECT run, key, sources, last, last_step, last_time FROM metrics
    WHERE run IN (SELECT value FROM json_each(?)) AND count > 0`,
    list,
  );
  const asked = new Set(runs.filter((run) => run.owned !== null).map((run) => run.seq));
  const source = String(sourceNumber(db));
  const shown = rows.filter(({ run, sources }) => !asked.has(run) || sources.split(",").includes(source));
  const name = namesOf(
    db,
    shown.map((row) => row.key),
  );
  const byRun = new Map<number, LoggedMetric[]>();
  for (const { run, key, last, last_step: step, last_time: time } of shown) {
    const metric = { key: name(key), value: fromStored(last), step, time };
    const metrics = byRun.get(run);
    if (metrics) metrics.push(metric);
    else byRun.set(run, [metric]);
  }
  return byRun;
}

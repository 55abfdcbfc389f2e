/** Runs as lists show them, read for many runs at once. */
import type { Gap, MetricSummary, RunStatus, RunSummary } from "../domain/run";
import { fromStored } from "./chunks";
import type { Database } from "./database";
import { namesOf } from "./names";
import { addRepeats } from "./repeats";

/** What a summary needs of table `runs r`. */
const COLUMNS = `r.seq, r.id, r.name, r.status, r.exit_code, r.signal, r.start_time, r.end_time, r.command, r.cwd, r.script,
  r.note, r.parent, r.log_size, r.revision, r.pinned, r.inputs, r.deleted, (SELECT name FROM experiments e WHERE e.id = r.experiment) AS experiment`;

interface RunRow {
  seq: number;
  id: string;
  name: string;
  experiment: string;
  status: RunStatus;
  exit_code: number | null;
  signal: string | null;
  start_time: number;
  end_time: number | null;
  command: string;
  cwd: string;
  script: string | null;
  note: string;
  parent: string | null;
  log_size: number;
  revision: number;
  pinned: number;
  inputs: Uint8Array | null;
  deleted: number | null;
}

/** Summaries of the runs with these numbers, in this order. Inside a read only. */
export function readSummaries(db: Database, seqs: number[]): RunSummary[] {
  const list = JSON.stringify(seqs);
  const sql = `SELECT ${COLUMNS} FROM runs r WHERE r.seq IN (SELECT value FROM json_each(?))`;
  const rows = db.all<RunRow>(sql, list);
  const bySeq = new Map(rows.map((row) => [row.seq, toSummary(row)]));
  addParams(db, list, bySeq);
  addMetrics(db, list, bySeq);
  addTexts(db, list, bySeq);
  addRepeats(db, bySeq.values(), new Set(rows.filter((row) => row.deleted !== null).map((row) => row.id)));
  return seqs.flatMap((seq) => bySeq.get(seq) ?? []);
}

/** Summaries of the runs with these ids, in this order; unknown ids are left out. */
export function getSummaries(db: Database, ids: string[]): RunSummary[] {
  return db.read(() => {
    const sql = "SELECT seq, id FROM runs WHERE id IN (SELECT value FROM json_each(?))";
    const rows = db.all<{ seq: number; id: string }>(sql, JSON.stringify(ids));
    const seqs = new Map(rows.map((row) => [row.id, row.seq]));
    return readSummaries(
      db,
      ids.flatMap((id) => seqs.get(id) ?? []),
    );
  });
}

function toSummary(row: RunRow): RunSummary {
  return {
    id: row.id,
    name: row.name,
    experiment: row.experiment,
    status: row.status,
    exitCode: row.exit_code,
    signal: row.signal,
    startTime: row.start_time,
    endTime: row.end_time,
    command: JSON.parse(row.command) as string[],
    cwd: row.cwd,
    script: row.script,
    params: {},
    metrics: {},
    tags: {},
    note: row.note,
    parent: row.parent,
    pinned: row.pinned === 1,
    inputs: row.inputs && Buffer.from(row.inputs).toString("hex"),
    repeatOf: null,
    repeats: 1,
    gaps: [],
    warnings: [],
    logSize: row.log_size,
    revision: row.revision,
  };
}

type BySeq = Map<number, RunSummary>;

/** One row of JSON a run, since reading a row for each param takes three times as long. */
function addParams(db: Database, list: string, runs: BySeq): void {
  const sql = `SELECT p.run, json_group_object(n.name, p.value) AS params FROM params p JOIN names n ON n.id = p.key
    WHERE p.run IN (SELECT value FROM json_each(?)) GROUP BY p.run`;
  for (const row of db.all<{ run: number; params: string }>(sql, list)) {
    runs.get(row.run)!.params = JSON.parse(row.params) as Record<string, string>;
  }
}

interface MetricRow {
  run: number;
  key: number;
  count: number;
  last: number | null;
  min: number | null;
  max: number | null;
  last_step: number;
}

/** A row each: SQLite's JSON would round the numbers. */
function addMetrics(db: Database, list: string, runs: BySeq): void {
  const rows = db.all<MetricRow>(
    `SELECT run, key, count, last, min, max, last_step FROM metrics WHERE run IN (SELECT value FROM json_each(?))`,
    list,
  );
  const name = namesOf(
    db,
    rows.map((row) => row.key),
  );
  for (const row of rows) {
    const summary: MetricSummary = {
      last: fromStored(row.last),
      min: fromStored(row.min),
      max: fromStored(row.max),
      count: row.count,
      lastStep: row.last_step,
    };
    setOwn(runs.get(row.run)!.metrics, name(row.key), summary);
  }
}

function addTexts(db: Database, list: string, runs: BySeq): void {
  const below = "WHERE run IN (SELECT value FROM json_each(?))";
  for (const row of db.all<{ run: number; key: string; value: string }>(`SELECT * FROM tags ${below}`, list)) {
    setOwn(runs.get(row.run)!.tags, row.key, row.value);
  }
  const gaps = `SELECT run, kind, path, message FROM gaps ${below} ORDER BY id`;
  for (const { run, kind, path, message } of db.all<Gap & { run: number }>(gaps, list)) {
    runs.get(run)!.gaps.push(path ? { kind, path, message } : { kind, message });
  }
  const warnings = `SELECT run, message FROM warnings ${below} ORDER BY id`;
  for (const row of db.all<{ run: number; message: string }>(warnings, list)) {
    runs.get(row.run)!.warnings.push(row.message);
  }
}

/** A param may be called `__proto__`, which plain assignment would swallow. */
function setOwn<T>(record: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__")
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}

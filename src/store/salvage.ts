/** Reads what can be read of a damaged database into a new one. */

import { RunStatus } from "../domain/run";
import { isRunId } from "../domain/runId";
import type { Database, Value } from "./database";
import { type Series, summarise, writeSeries } from "./metrics";
import { sqliteCode } from "./sqlite";

export interface Salvaged {
  /** Rows read, by table. */
  rows: Record<string, number>;
  /** Tables of which something could not be read. */
  damaged: string[];
}

/** Not copied: hashes are found again, outlines are not needed, and who held a lease is gone. */
const LEFT_OUT = new Set(["hashes", "leases", "outlines", "state"]);
/** Tries to get around damage, for one table: a page near the root of its tree makes nearly all of them fail. */
const MOST_TRIES = 10_000;
/** No key is higher when the highest cannot be read. */
const MANY = 2 ** 40;

/**
 * Copies all readable rows of `source`, which may be of an older version, into `target`, which is new and empty. Rows that
 * cannot be right are left out, and what depended on something lost is put right. Throws when nothing at all can be read.
 */
export function salvage(source: Database, target: Database): Salvaged {
  const result: Salvaged = { rows: {}, damaged: [] };
  const tables = target.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  // Reading the tables' descriptions is what fails when nothing can be read.
  source.all("SELECT name FROM sqlite_schema");
  target.exec("PRAGMA foreign_keys = OFF");
  for (const { name } of tables) {
    if (LEFT_OUT.has(name)) continue;
    const { rows, whole } = target.write(() => copyTable(source, target, name));
    result.rows[name] = rows;
    if (!whole) result.damaged.push(name);
  }
  target.write(() => {
    carryOver(source, target);
    putRight(target);
  });
  target.exec("PRAGMA foreign_keys = ON");
  return result;
}

/** How many entries the audit log has had: those that are lost at its end are missed as well. */
function carryOver(source: Database, target: Database): void {
  let given: number | undefined;
  try {
    given = source.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")?.seq;
  } catch {
    // Of an older version, or damaged right there.
  }
  if (given === undefined) return;
  const highest = "SELECT coalesce(max(sequence), 0) FROM audit";
  target.run("DELETE FROM sqlite_sequence WHERE name = 'audit'");
  target.run(`INSERT INTO sqlite_sequence (name, seq) VALUES ('audit', max(?, (${highest})))`, given);
}

interface Column {
  name: string;
  type: string;
  pk: number;
}

const columnsOf = (db: Database, table: string) =>
  db.all<Column>(`SELECT name, type, pk FROM pragma_table_info('${table}') ORDER BY cid`);

function copyTable(source: Database, target: Database, table: string): { rows: number; whole: boolean } {
  const there = new Set(columnsOf(source, table).map(({ name }) => name));
  const columns = columnsOf(target, table).filter(({ name }) => there.has(name));
  if (columns.length === 0) return { rows: 0, whole: true };
  const names = columns.map(({ name }) => name).join(", ");
  const insert = `INSERT OR IGNORE INTO ${table} (${names}) VALUES (${columns.map(() => "?").join(", ")})`;
  const key = columns.find(({ pk, type }) => pk === 1 && type === "INTEGER")?.name;
  let whole = true;
  let tries = 0;

  function copy(where: string, ...values: Value[]): void {
    const statement = source.statement(`SELECT ${names} FROM ${table} ${where}`);
    statement.setReadBigInts(true);
    for (const row of statement.iterate(...values)) target.run(insert, ...(Object.values(row) as Value[]));
  }

  /** The rows with these keys; around damage, in ever smaller parts. */
  function copyRange(from: number, to: number): void {
    try {
      copy(`WHERE ${key} BETWEEN ? AND ? ORDER BY ${key}`, from, to);
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error;
      whole = false;
      if (from >= to || ++tries > MOST_TRIES) return;
      const middle = Math.floor((from + to) / 2);
      copyRange(from, middle);
      copyRange(middle + 1, to);
    }
  }

  if (key) copyRange(0, highest(source, table, key));
  else {
    try {
      copy("");
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error;
      whole = false;
    }
  }
  return { rows: target.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)!.n, whole };
}

function highest(source: Database, table: string, key: string): number {
  try {
    return source.get<{ key: number | null }>(`SELECT max(${key}) AS key FROM ${table}`)!.key ?? 0;
  } catch {
    return MANY;
  }
}

/** Tables whose rows belong to a run. */
const OF_RUNS =
  "checkpoints params tags gaps warnings files metrics run_datasets client_runs dataset_inputs run_models cells sources".split(
    " ",
  );

/** Tables whose rows belong to a model of the registry; versions before what belongs to them. */
const OF_MODELS = "model_tags model_versions model_aliases former_aliases".split(" ");
const OF_VERSIONS = "model_version_tags version_files".split(" ");

/** Makes the rows fit each other again. Of the audit log nothing is touched: what is lost of it is to be missed. */
function putRight(db: Database): void {
  const wrong = db
    .all<{ seq: number; id: string; status: string; command: string; code: string | null }>(
      "SELECT seq, id, status, command, code FROM runs",
    )
    .filter((run) => !isRunId(run.id) || !RunStatus.safeParse(run.status).success || !isJson(run.command, run.code));
  for (const { seq } of wrong) db.run("DELETE FROM runs WHERE seq = ?", seq);
  for (const table of OF_RUNS) db.run(`DELETE FROM ${table} WHERE run NOT IN (SELECT seq FROM runs)`);
  db.run("DELETE FROM chunks WHERE length(points) != count * 24");
  db.run("DELETE FROM dataset_versions WHERE dataset NOT IN (SELECT id FROM datasets)");
  db.run("DELETE FROM run_datasets WHERE version NOT IN (SELECT id FROM dataset_versions)");
  for (const table of OF_MODELS) db.run(`DELETE FROM ${table} WHERE model NOT IN (SELECT id FROM models)`);
  for (const table of OF_VERSIONS) db.run(`DELETE FROM ${table} WHERE version NOT IN (SELECT id FROM model_versions)`);
  db.run("UPDATE runs SET environment = NULL WHERE environment NOT IN (SELECT id FROM environments)");
  db.run(`INSERT INTO experiments (id, name, created)
    SELECT DISTINCT experiment, 'recovered-' || experiment, 0 FROM runs WHERE experiment NOT IN (SELECT id FROM experiments)`);
  giveNames(db);
  settleSeries(db);
  db.run(`UPDATE state SET
    revision = (SELECT coalesce(max(revision), 0) FROM runs) + 1,
    series = max((SELECT coalesce(max(series), 0) FROM metrics), (SELECT coalesce(max(series), 0) FROM chunks)),
    freeing = 1`);
  // Readers that know more than was saved look at everything again; recorders look whether objects are there.
  db.run("UPDATE state SET freed = revision");
}

function isJson(...texts: (string | null)[]): boolean {
  try {
    for (const text of texts) if (text !== null) JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Names that are lost, but not what has them. */
function giveNames(db: Database): void {
  const used = `SELECT key AS id FROM params UNION SELECT key FROM metrics UNION SELECT path FROM files
    UNION SELECT source FROM chunks UNION SELECT CAST(value AS INTEGER) FROM metrics, json_each('[' || sources || ']')`;
  db.run(`INSERT INTO names SELECT id, 'lost-name-' || id FROM (${used}) WHERE id NOT IN (SELECT id FROM names)`);
}

/** Summaries of series again equal to their points. */
function settleSeries(db: Database): void {
  db.run("DELETE FROM chunks WHERE series NOT IN (SELECT series FROM metrics)");
  db.run("DELETE FROM metrics WHERE series NOT IN (SELECT series FROM chunks)");
  const rows = db.all<Omit<Series, "sources"> & { run: number; key: number; sources: string }>(
    "SELECT * FROM metrics m WHERE count != (SELECT sum(count) FROM chunks c WHERE c.series = m.series)",
  );
  for (const row of rows) {
    const series: Series = { ...row, sources: row.sources.split(",").map(Number) };
    summarise(db, series);
    writeSeries(db, row.run, row.key, series);
  }
}

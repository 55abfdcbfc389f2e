/** Experiments as clients of MLflow's see them. */
import type { Database } from "../database";
import type { TrackedExperiment } from "./contract";
import { deleteClientRun, restoreClientRun } from "./deletion";
import { Refusal } from "./refusal";

/** What MLflow calls experiment 0, which is always there. */
const DEFAULT = "Default";

interface ExperimentRow {
  id: number;
  name: string;
  created: number;
  updated: number | null;
  deleted: number | null;
  artifact_location: string | null;
}

/** Gives `Default` its number; one that was made by our own commands gets it now. Inside a write only. */
function makeDefault(db: Database): void {
  if (db.get("SELECT 1 FROM experiments WHERE id = 0")) return;
  const old = db.get<{ id: number; created: number }>("SELECT id, created FROM experiments WHERE name = ?", DEFAULT);
  if (old) db.run("UPDATE experiments SET name = name || ' ' || hex(randomblob(8)) WHERE id = ?", old.id);
  const sql = "INSERT INTO experiments (id, name, created, kept) VALUES (0, ?, ?, 1)";
  db.run(sql, DEFAULT, old?.created ?? Date.now());
  if (!old) return;
  db.run("UPDATE runs SET experiment = 0 WHERE experiment = ?", old.id);
  db.run("DELETE FROM experiments WHERE id = ?", old.id);
}

const hasDefault = (db: Database) => db.get("SELECT 1 FROM experiments WHERE id = 0") !== undefined;

/** Before anything that may speak of experiment 0 or of its name. */
export function secureDefault(db: Database): void {
  if (!hasDefault(db)) db.write(() => makeDefault(db));
}

export function findExperiment(db: Database, column: "id" | "name", value: number | string): TrackedExperiment | null {
  if (value === 0 || value === DEFAULT) secureDefault(db);
  const sql = `SELECT id, name, created, updated, deleted, artifact_location FROM experiments WHERE ${column} = ?`;
  return db.read(() => {
    const row = db.get<ExperimentRow>(sql, value);
    return row ? readExperiments(db, [row])[0]! : null;
  });
}

/** The rows with their tags. Inside a read only. */
export function readExperiments(db: Database, rows: readonly ExperimentRow[]): TrackedExperiment[] {
  const found = new Map(rows.map((row) => [row.id, toExperiment(row)]));
  const sql = `SELECT experiment, key, value FROM experiment_tags
    WHERE experiment IN (SELECT value FROM json_each(?)) ORDER BY experiment, key`;
  for (const tag of db.all<{ experiment: number; key: string; value: string }>(
    sql,
    JSON.stringify([...found.keys()]),
  )) {
    Object.defineProperty(found.get(tag.experiment)!.tags, tag.key, { value: tag.value, enumerable: true });
  }
  return [...found.values()];
}

function toExperiment(row: ExperimentRow): TrackedExperiment {
  return {
    id: row.id,
    name: row.name,
    artifactLocation: row.artifact_location,
    created: row.created,
    updated: row.updated ?? row.created,
    deleted: row.deleted !== null,
    tags: {},
  };
}

/** See `TrackingStore.createExperiment`. A deleted one holds its name too. */
export function createExperiment(
  db: Database,
  { name, artifactLocation, tags }: Pick<TrackedExperiment, "name" | "artifactLocation" | "tags">,
): number {
  return db.write(() => {
    makeDefault(db);
    refuseTaken(db, name);
    const sql = "INSERT INTO experiments (name, created, kept, artifact_location) VALUES (?, ?, 1, ?) RETURNING id";
    const { id } = db.get<{ id: number }>(sql, name, Date.now(), artifactLocation)!;
    for (const [key, value] of Object.entries(tags)) writeTag(db, id, key, value);
    return id;
  });
}

function refuseTaken(db: Database, name: string): void {
  const taken = db.get<{ deleted: number | null }>("SELECT deleted FROM experiments WHERE name = ?", name);
  if (!taken) return;
  const state = taken.deleted === null ? "" : " in deleted state";
  throw new Refusal("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists${state}.`);
}

export function renameExperiment(db: Database, id: number, name: string): void {
  db.write(() => {
    makeDefault(db);
    const { deleted, name: old } = need(db, id);
    if (deleted !== null) throw new Refusal("INVALID_STATE", "Cannot rename a non-active experiment.");
    if (old === name) return;
    refuseTaken(db, name);
    db.run("UPDATE experiments SET name = ?, updated = ?, kept = 1 WHERE id = ?", name, Date.now(), id);
  });
}

export function deleteExperiment(db: Database, id: number): void {
  db.write(() => {
    makeDefault(db);
    if (need(db, id).deleted !== null) throw notThere(id);
    const now = Date.now();
    db.run("UPDATE experiments SET deleted = ?, updated = ?, kept = 1 WHERE id = ?", now, now, id);
    for (const seq of runsOf(db, id)) deleteClientRun(db, seq);
  });
}

export function restoreExperiment(db: Database, id: number): void {
  db.write(() => {
    makeDefault(db);
    if (need(db, id).deleted === null) throw notThere(id);
    db.run("UPDATE experiments SET deleted = NULL, updated = ? WHERE id = ?", Date.now(), id);
    for (const seq of runsOf(db, id)) restoreClientRun(db, seq);
  });
}

/** Numbers of the runs that clients see in the experiment. */
function runsOf(db: Database, experiment: number): number[] {
  const sql = `SELECT r.seq FROM runs r LEFT JOIN client_runs c ON c.run = r.seq
    WHERE coalesce(c.experiment, r.experiment) = ?`;
  return db.all<{ seq: number }>(sql, experiment).map(({ seq }) => seq);
}

export function setExperimentTag(db: Database, id: number, key: string, value: string | null): void {
  db.write(() => {
    makeDefault(db);
    if (need(db, id).deleted !== null) {
      const state = `The experiment ${id} must be in the 'active' state. Current state is deleted.`;
      throw new Refusal("INVALID_PARAMETER_VALUE", state);
    }
    if (value !== null) {
      db.run("UPDATE experiments SET kept = 1 WHERE id = ?", id);
      return writeTag(db, id, key, value);
    }
    const gone = db.run("DELETE FROM experiment_tags WHERE experiment = ? AND key = ?", id, key);
    if (gone === 0) {
      const message = `No tag with name: ${key} in experiment with id ${id}`;
      throw new Refusal("RESOURCE_DOES_NOT_EXIST", message);
    }
  });
}

function writeTag(db: Database, experiment: number, key: string, value: string): void {
  const sql = "INSERT INTO experiment_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  db.run(sql, experiment, key, value);
}

/** Throws Refusal when there is no such experiment, deleted ones counted. */
export function need(db: Database, id: number): { name: string; deleted: number | null } {
  const row = db.get<{ name: string; deleted: number | null }>(
    "SELECT name, deleted FROM experiments WHERE id = ?",
    id,
  );
  if (!row) throw notThere(id);
  return row;
}

function notThere(id: number): Refusal {
  return new Refusal("RESOURCE_DOES_NOT_EXIST", `No Experiment with id=${id} exists`);
}

/** Puts what was read from a run into the database: one batch, one transaction. */
import { createHash } from "node:crypto";
import type { Artifact, ConfigFile, DataFile, Environment, Gap } from "../domain/run";
import { addCells } from "./cells/write";
import type { IngestBatch, ProcessIdentity } from "./contract";
import type { Database } from "./database";
import { addDataset } from "./datasets";
import { appendPoints } from "./metrics";
import { nameId } from "./names";

/** Applies the batch to the run; false when nothing that a reader sees was in it. Inside a write only. */
export function applyBatch(db: Database, seq: number, batch: IngestBatch): boolean {
  const { checkpoint, ...visible } = batch;
  for (const [key, value] of Object.entries(batch.params ?? {})) setParam(db, seq, key, value);
  for (const [key, value] of Object.entries(batch.tags ?? {})) setTag(db, seq, key, value);
  for (const { source, points, guessedSteps } of batch.points ?? []) {
    addWarnings(db, seq, appendPoints(db, seq, source, points, guessedSteps));
  }
  addFiles(db, seq, batch);
  addCells(db, seq, batch.cells ?? []);
  addGaps(db, seq, batch.gaps ?? []);
  addWarnings(db, seq, batch.warnings ?? []);
  if (batch.environment) setEnvironment(db, seq, batch.environment);
  if (batch.logSize !== undefined) db.run("UPDATE runs SET log_size = ? WHERE seq = ?", batch.logSize, seq);
  if (batch.process) setProcess(db, seq, batch.process);
  if (checkpoint !== undefined) {
    const sql = "INSERT INTO checkpoints VALUES (?, ?) ON CONFLICT DO UPDATE SET content = excluded.content";
    db.run(sql, seq, JSON.stringify(checkpoint));
  }
  return Object.values(visible).some((part) => part !== undefined && (!Array.isArray(part) || part.length > 0));
}

/** The last value wins: a param may become known more exactly while the run goes on. What the script logged itself stays. */
function setParam(db: Database, seq: number, key: string, value: string): void {
  db.run(
    `INSERT INTO params (run, key, value, sort) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value, sort = excluded.sort WHERE value != excluded.value AND client = 0`,
    seq,
    nameId(db, key),
    value,
    sortValue(value),
  );
}

/** What a param is sorted by: its number if it is one, else its text without case, of a length that an index can bear. */
export function sortValue(value: string): number | string {
  const number = /^\s*[-+]?(\d|\.\d)/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : value.slice(0, 64).toLowerCase();
}

/** Sets a tag, or takes it away when `value` is null. Inside a write only. */
export function setTag(db: Database, seq: number, key: string, value: string | null): void {
  if (value === null) db.run("DELETE FROM tags WHERE run = ? AND key = ?", seq, key);
  else db.run("INSERT INTO tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", seq, key, value);
}

/** Each gap once, however often a source reports it. */
export function addGaps(db: Database, seq: number, gaps: Gap[]): void {
  for (const { kind, path, message } of gaps) {
    const sql = "INSERT OR IGNORE INTO gaps (run, kind, path, message) VALUES (?, ?, ?, ?)";
    db.run(sql, seq, kind, path ?? "", message);
  }
}

/** Each warning once. */
export function addWarnings(db: Database, seq: number, warnings: string[]): void {
  for (const message of warnings) db.run("INSERT OR IGNORE INTO warnings (run, message) VALUES (?, ?)", seq, message);
}

function addFiles(db: Database, seq: number, batch: IngestBatch): void {
  for (const file of batch.data ?? []) addFile(db, seq, file.role, file);
  for (const file of batch.config ?? []) addFile(db, seq, "config", file);
  for (const file of batch.artifacts ?? []) addFile(db, seq, "artifact", file);
  for (const path of batch.sources ?? []) db.run("INSERT OR IGNORE INTO sources VALUES (?, ?)", seq, nameId(db, path));
  for (const dataset of batch.datasets ?? []) addDataset(db, seq, dataset);
}

/** The last report of a file wins: what is written twice counts as it was left. */
function addFile(db: Database, seq: number, kind: string, file: DataFile | ConfigFile | Artifact): void {
  db.run(
    `INSERT INTO files (run, kind, path, sha256, size) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, size = excluded.size`,
    seq,
    kind,
    nameId(db, file.path),
    file.sha256 === null ? null : Buffer.from(file.sha256, "hex"),
    "size" in file ? file.size : null,
  );
}

function setEnvironment(db: Database, seq: number, environment: Environment): void {
  const content = JSON.stringify(environment);
  const sha256 = createHash("sha256").update(content).digest();
  db.run("INSERT OR IGNORE INTO environments (sha256, content) VALUES (?, ?)", sha256, content);
  db.run("UPDATE runs SET environment = (SELECT id FROM environments WHERE sha256 = ?) WHERE seq = ?", sha256, seq);
}

function setProcess(db: Database, seq: number, identity: ProcessIdentity): void {
  const { pid, startToken, host } = identity;
  db.run(
    "UPDATE runs SET process_pid = ?, process_start = ?, process_host = ? WHERE seq = ?",
    pid,
    startToken,
    host,
    seq,
  );
}

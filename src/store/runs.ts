/** A run's life: begun, stopped, ended. */
import { randomBytes } from "node:crypto";
import { UserError } from "../domain/errors";
import type { CodeVersion, Gap } from "../domain/run";
import { makeRunName } from "../domain/runName";
import { cancelCells } from "./cells/write";
import type { IngestBatch, NewRun, ProcessIdentity, RunEnd, RunningRun } from "./contract";
import type { Database } from "./database";
import { addGaps, addWarnings, applyBatch } from "./ingest";
import { beginJobRun, endJobOfRun } from "./jobs/change";
import { concludeSeries } from "./metrics";
import { isThisMachine } from "./process";
import { nextRevision, touchRun } from "./revision";

/** The number that rows use for the run `id`. Throws UserError when there is no such run. */
export function seqOf(db: Database, id: string): number {
  const row = db.get<{ seq: number }>("SELECT seq FROM runs WHERE id = ?", id);
  if (!row) throw new UserError(`There is no run ${id} in ${db.file}. List the runs with \`modeltrail ls\`.`);
  return row.seq;
}

export function runSource(db: Database, id: string): string {
  return db.get<{ source: string }>("SELECT source FROM runs WHERE seq = ?", seqOf(db, id))!.source;
}

export function newRunId(): string {
  return randomBytes(16).toString("hex");
}

/** Adds a running run. */
export function createRun(db: Database, id: string, run: NewRun): void {
  db.write(() => {
    const { seq } = db.get<{ seq: number }>(
      `INSERT INTO runs (id, name, experiment, status, start_time, command, cwd, script, note, parent, source, revision,
        written, recorder_pid, recorder_start, recorder_host, epoch)
      VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT epoch FROM state)) RETURNING seq`,
      id,
      run.name ?? freshName(db),
      experimentId(db, run.experiment),
      run.startTime,
      JSON.stringify(run.command),
      run.cwd,
      run.script,
      run.note ?? "",
      run.parent ?? null,
      run.source,
      nextRevision(db),
      Date.now(),
      run.recorder.pid,
      run.recorder.startToken,
      run.recorder.host,
    )!;
    for (const [key, value] of Object.entries(run.tags ?? {})) {
      db.run("INSERT INTO tags (run, key, value) VALUES (?, ?, ?)", seq, key, value);
    }
    if (run.job !== undefined) beginJobRun(db, run.job, id);
  });
}

/** The number of the experiment `name`, which is made when it is new, and brought back when a client has deleted it. Inside a write only. */
export function experimentId(db: Database, name: string): number {
  const found = db.get<{ id: number; deleted: number | null }>(
    "SELECT id, deleted FROM experiments WHERE name = ?",
    name,
  );
  if (found && found.deleted !== null) db.run("UPDATE experiments SET deleted = NULL WHERE id = ?", found.id);
  if (found) return found.id;
  const sql = "INSERT INTO experiments (name, created) VALUES (?, ?) RETURNING id";
  return db.get<{ id: number }>(sql, name, Date.now())!.id;
}

/** A name that no run of this store has. */
function freshName(db: Database): string {
  for (let tries = 0; ; tries++) {
    // Hundreds of thousands of names: the second try already is rare, the last part is for stores that used up most.
    const name = tries < 20 ? makeRunName() : `${makeRunName()}-${randomBytes(2).toString("hex")}`;
    if (!db.get("SELECT 1 FROM runs WHERE name = ?", name)) return name;
  }
}

export function setCode(db: Database, id: string, code: CodeVersion, gaps: Gap[], warnings: string[]): void {
  db.write(() => {
    const seq = seqOf(db, id);
    db.run("UPDATE runs SET code = ? WHERE seq = ?", JSON.stringify(code), seq);
    addGaps(db, seq, gaps);
    addWarnings(db, seq, warnings);
    touchRun(db, seq);
  });
}

export function ingest(db: Database, id: string, batch: IngestBatch): void {
  db.write(() => {
    const seq = seqOf(db, id);
    if (applyBatch(db, seq, batch)) touchRun(db, seq);
  });
}

export function readCheckpoint(db: Database, id: string): unknown {
  const sql = "SELECT content FROM checkpoints WHERE run = (SELECT seq FROM runs WHERE id = ?)";
  const row = db.read(() => db.get<{ content: string }>(sql, id));
  return row ? JSON.parse(row.content) : undefined;
}

/**
 * Ends the run, together with the last of what was read from it. False, and nothing done, when it had ended already: of
 * several processes that find a dead recorder's run, one finishes it. A run that was stopped on request counts as killed.
 */
export function endRun(db: Database, id: string, end: RunEnd, last?: IngestBatch): boolean {
  return db.write(() => {
    const seq = seqOf(db, id);
    const ended = db.run(
      `UPDATE runs SET status = iif(stop_requested = 1, ?, ?), exit_code = ?, signal = ?, end_time = ?
      WHERE seq = ? AND status = 'running'`,
      end.status === "lost" ? "lost" : "killed",
      end.status,
      end.exitCode,
      end.signal,
      end.endTime,
      seq,
    );
    if (ended === 0) return false;
    if (last) applyBatch(db, seq, last);
    cancelCells(db, seq, end.endTime);
    concludeSeries(db, seq);
    touchRun(db, seq);
    const { status } = db.get<{ status: RunEnd["status"] }>("SELECT status FROM runs WHERE seq = ?", seq)!;
    endJobOfRun(db, id, status, end.reason);
    return true;
  });
}

export function requestStop(db: Database, id: string): void {
  db.write(() => {
    const seq = seqOf(db, id);
    if (db.run("UPDATE runs SET stop_requested = 1 WHERE seq = ? AND status = 'running'", seq) > 0) touchRun(db, seq);
  });
}

export function stopRequested(db: Database, id: string): boolean {
  const row = db.read(() => db.get<{ stop: number }>("SELECT stop_requested AS stop FROM runs WHERE id = ?", id));
  return row?.stop === 1;
}

/** See `Store.claimRun`. */
export function claimRun(db: Database, id: string, from: ProcessIdentity, to: ProcessIdentity): boolean {
  return db.write(
    () =>
      db.run(
        `UPDATE runs SET recorder_pid = ?, recorder_start = ?, recorder_host = ?
        WHERE id = ? AND status = 'running' AND recorder_pid = ? AND recorder_start = ? AND recorder_host = ?`,
        to.pid,
        to.startToken,
        to.host,
        id,
        from.pid,
        from.startToken,
        from.host,
      ) > 0,
  );
}

interface RunningRow {
  seq: number;
  id: string;
  written: number;
  recorder_pid: number;
  recorder_start: string;
  recorder_host: string;
  process_pid: number | null;
  process_start: string | null;
  process_host: string | null;
}

/** Runs that are running on this machine, or with `everywhere` on any that shares the store. */
export function runningRuns(db: Database, everywhere = false): RunningRun[] {
  const rows = db.read(() =>
    db.all<RunningRow>(
      `SELECT seq, id, written, recorder_pid, recorder_start, recorder_host, process_pid, process_start, process_host
      FROM runs WHERE status = 'running' AND deleted IS NULL`,
    ),
  );
  // Sorted here: asked for in order of their numbers, SQLite goes through all runs instead of the index of running ones.
  rows.sort((a, b) => a.seq - b.seq);
  return rows.filter((row) => everywhere || isThisMachine(row.recorder_host)).map(toRunning);
}

function toRunning(row: RunningRow): RunningRun {
  const command: ProcessIdentity | null =
    row.process_pid === null
      ? null
      : { pid: row.process_pid, startToken: row.process_start ?? "", host: row.process_host ?? "" };
  return {
    id: row.id,
    recorder: { pid: row.recorder_pid, startToken: row.recorder_start, host: row.recorder_host },
    process: command,
    lastWrite: row.written,
  };
}

/** Runs that a client deletes and brings back. */
import type { Database } from "../database";
import { touchRepeatsOf } from "../repeats";
import { touchRun } from "../revision";

/**
 * Deletes the run; one that is running or pinned is only hidden from clients, until it can be deleted (`deleteWhenEnded`).
 * Inside a write only.
 */
export function deleteClientRun(db: Database, seq: number): void {
  const now = Date.now();
  db.run("UPDATE client_runs SET deleted = coalesce(deleted, ?) WHERE run = ?", now, seq);
  deleteRow(db, seq, now);
}

function deleteRow(db: Database, seq: number, now: number): void {
  const sql = "UPDATE runs SET deleted = ? WHERE seq = ? AND deleted IS NULL AND status != 'running' AND pinned = 0";
  if (db.run(sql, now, seq) === 0) return;
  touchRun(db, seq);
  touchRepeatsOf(db, [seq]);
}

/** Deletes the run that has ended now, if its client has deleted it meanwhile. Inside a write only. */
export function deleteWhenEnded(db: Database, seq: number): void {
  const row = db.get<{ deleted: number | null }>("SELECT deleted FROM client_runs WHERE run = ?", seq);
  if (row && row.deleted !== null) deleteRow(db, seq, row.deleted);
}

/** Inside a write only. */
export function restoreClientRun(db: Database, seq: number): void {
  db.run("UPDATE client_runs SET deleted = NULL WHERE run = ?", seq);
  if (db.run("UPDATE runs SET deleted = NULL WHERE seq = ? AND deleted IS NOT NULL", seq) === 0) return;
  touchRun(db, seq);
  touchRepeatsOf(db, [seq]);
}

/** Removing runs for good: which may go, what goes with them. */
import { UserError } from "../domain/errors";
import type { FreeableRun } from "./contract";
import type { Database } from "./database";
import { IS_SCRATCH } from "./filter";
import { nextRevision } from "./revision";
import { seqOf } from "./runs";

/** See `Store.freeRuns`. Names keep their numbers: other processes remember them. */
export function freeRuns(db: Database, ids: string[]): void {
  if (ids.length === 0) return;
  db.write(() => {
    for (const id of ids) {
      const seq = seqOf(db, id);
      const { name, deleted } = db.get<{ name: string; deleted: number | null }>(
        "SELECT name, deleted FROM runs WHERE seq = ?",
        seq,
      )!;
      if (deleted === null)
        throw new UserError(`The run ${name} is not deleted. Delete it first, then free its space.`);
      db.run("INSERT OR IGNORE INTO freed_code SELECT code FROM runs WHERE seq = ? AND code IS NOT NULL", seq);
      // All that belongs to it goes with it.
      db.run("DELETE FROM runs WHERE seq = ?", seq);
    }
    db.run("DELETE FROM environments WHERE id NOT IN (SELECT environment FROM runs WHERE environment IS NOT NULL)");
    db.run("DELETE FROM dataset_versions WHERE NOT EXISTS (SELECT 1 FROM run_datasets WHERE version = id)");
    db.run("DELETE FROM datasets WHERE NOT EXISTS (SELECT 1 FROM dataset_versions v WHERE v.dataset = datasets.id)");
    const used = "SELECT experiment FROM runs UNION ALL SELECT experiment FROM client_runs";
    db.run(`DELETE FROM experiments WHERE kept = 0 AND id NOT IN (${used})`);
    db.run("DELETE FROM logged_datasets WHERE NOT EXISTS (SELECT 1 FROM dataset_inputs WHERE dataset = id)");
    db.run("UPDATE state SET freed = ?", nextRevision(db));
  });
}

/** See `Store.listFreeable`. A run that made a version of a model stays: it says where that came from. */
export function listFreeable(db: Database): FreeableRun[] {
  const sql = `SELECT r.id, r.name, e.name AS experiment, iif(r.deleted IS NULL, 'scratch', 'deleted') AS kind,
      coalesce(r.deleted, r.end_time) AS since
    FROM runs r JOIN experiments e ON e.id = r.experiment
    WHERE r.pinned = 0 AND r.status != 'running' AND (r.deleted IS NOT NULL OR ${IS_SCRATCH})
      AND NOT EXISTS (SELECT 1 FROM model_versions v WHERE v.run = r.id)
    ORDER BY r.deleted IS NULL, since, r.seq`;
  return db.read(() => db.all<FreeableRun>(sql)).map((row) => ({ ...row }));
}

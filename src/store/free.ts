/** Removing runs for good. */
import { UserError } from "../domain/errors";
import type { Database } from "./database";
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
      // All that belongs to it goes with it.
      db.run("DELETE FROM runs WHERE seq = ?", seq);
    }
    db.run("DELETE FROM environments WHERE id NOT IN (SELECT environment FROM runs WHERE environment IS NOT NULL)");
    db.run("DELETE FROM dataset_versions WHERE NOT EXISTS (SELECT 1 FROM run_datasets WHERE version = id)");
    db.run("DELETE FROM datasets WHERE NOT EXISTS (SELECT 1 FROM dataset_versions v WHERE v.dataset = datasets.id)");
    db.run("DELETE FROM experiments WHERE id NOT IN (SELECT experiment FROM runs)");
    db.run("UPDATE state SET freed = ?", nextRevision(db));
  });
}

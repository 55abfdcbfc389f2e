/** What a person changes on runs. */
import { UserError } from "../domain/errors";
import type { Database, Value } from "./database";
import { setTag } from "./ingest";
import { touchRepeatsOf } from "./repeats";
import { touchRun } from "./revision";
import { experimentId, seqOf } from "./runs";

function edit(db: Database, id: string, change: (seq: number) => void): void {
  db.write(() => {
    const seq = seqOf(db, id);
    change(seq);
    touchRun(db, seq);
  });
}

function setColumn(db: Database, id: string, column: "name" | "note", value: Value): void {
  edit(db, id, (seq) => db.run(`UPDATE runs SET ${column} = ? WHERE seq = ?`, value, seq));
}

export function renameRun(db: Database, id: string, name: string): void {
  if (name.trim() === "") throw new UserError("A run's name cannot be empty. Give it at least one letter.");
  setColumn(db, id, "name", name.trim());
}

export function setNote(db: Database, id: string, note: string): void {
  setColumn(db, id, "note", note);
}

export function setExperiment(db: Database, id: string, experiment: string): void {
  if (experiment.trim() === "")
    throw new UserError("An experiment's name cannot be empty. Give it at least one letter.");
  edit(db, id, (seq) => {
    db.run("UPDATE runs SET experiment = ? WHERE seq = ?", experimentId(db, experiment.trim()), seq);
  });
}

export function changeTag(db: Database, id: string, key: string, value: string | null): void {
  edit(db, id, (seq) => setTag(db, seq, key, value));
}

export function setPinned(db: Database, ids: string[], pinned: boolean): void {
  db.write(() => {
    for (const id of ids) {
      const seq = seqOf(db, id);
      const to = pinned ? 1 : 0;
      if (db.run("UPDATE runs SET pinned = ? WHERE seq = ? AND pinned != ?", to, seq, to) > 0) touchRun(db, seq);
    }
  });
}

/** All or none: throws UserError, nothing done, when one of them is running or pinned. */
export function deleteRuns(db: Database, ids: string[]): void {
  db.write(() => {
    const changed = ids.map((id) => seqOf(db, id)).filter((seq) => markDeleted(db, seq));
    for (const seq of changed) touchRun(db, seq);
    touchRepeatsOf(db, changed);
  });
}

/** False when it is deleted already. */
function markDeleted(db: Database, seq: number): boolean {
  const { name, status, pinned } = db.get<{ name: string; status: string; pinned: number }>(
    "SELECT name, status, pinned FROM runs WHERE seq = ?",
    seq,
  )!;
  if (status === "running") throw new UserError(`The run ${name} is running. Stop it first, then delete it.`);
  if (pinned) throw new UserError(`The run ${name} is pinned. Unpin it first, then delete it.`);
  return db.run("UPDATE runs SET deleted = ? WHERE seq = ? AND deleted IS NULL", Date.now(), seq) > 0;
}

export function restoreRuns(db: Database, ids: string[]): void {
  const sql = "UPDATE runs SET deleted = NULL WHERE seq = ? AND deleted IS NOT NULL";
  db.write(() => {
    const changed = ids.map((id) => seqOf(db, id)).filter((seq) => db.run(sql, seq) > 0);
    for (const seq of changed) touchRun(db, seq);
    touchRepeatsOf(db, changed);
  });
}

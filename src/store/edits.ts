/** What a person changes on runs. */
import { UserError } from "../domain/errors";
import type { Database, Value } from "./database";
import { setTag } from "./ingest";
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

/** All or none: throws UserError, nothing done, when one of them is running. */
export function deleteRuns(db: Database, ids: string[]): void {
  db.write(() => {
    for (const id of ids) {
      const seq = seqOf(db, id);
      const { name, status } = db.get<{ name: string; status: string }>(
        "SELECT name, status FROM runs WHERE seq = ?",
        seq,
      )!;
      if (status === "running") throw new UserError(`The run ${name} is running. Stop it first, then delete it.`);
      if (db.run("UPDATE runs SET deleted = ? WHERE seq = ? AND deleted IS NULL", Date.now(), seq) > 0)
        touchRun(db, seq);
    }
  });
}

export function restoreRuns(db: Database, ids: string[]): void {
  db.write(() => {
    for (const id of ids) {
      const seq = seqOf(db, id);
      if (db.run("UPDATE runs SET deleted = NULL WHERE seq = ? AND deleted IS NOT NULL", seq) > 0) touchRun(db, seq);
    }
  });
}

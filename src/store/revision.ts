/** Change detection: one counter for the store, moved by each write and stamped on the run that it changed. */
import type { Changes } from "./contract";
import type { Database } from "./database";

/** More changed runs than this are not listed one by one. */
const MANY = 1_000;

/** The next revision. Inside a write only. */
export function nextRevision(db: Database): number {
  return db.get<{ revision: number }>("UPDATE state SET revision = revision + 1 RETURNING revision")!.revision;
}

/** Marks the run as changed by this write. */
export function touchRun(db: Database, seq: number): void {
  db.run("UPDATE runs SET revision = ?, written = ? WHERE seq = ?", nextRevision(db), Date.now(), seq);
}

/** What changed after `revision`. A deleted run keeps its row until it is freed, which is how its deletion is known. */
export function changesSince(db: Database, revision: number): Changes {
  return db.read(() => {
    const { revision: now, freed } = db.get<{ revision: number; freed: number }>("SELECT revision, freed FROM state")!;
    if (now === revision) return { revision: now, runs: [], removed: [], all: false };
    const rows = db.all<{ id: string; deleted: number | null }>(
      "SELECT id, deleted FROM runs WHERE revision > ? ORDER BY revision LIMIT ?",
      revision,
      MANY + 1,
    );
    // A revision from the future was given by another database, whose place this one has taken.
    if (rows.length > MANY || now < revision || freed > revision)
      return { revision: now, runs: [], removed: [], all: true };
    const runs = rows.filter((row) => row.deleted === null).map((row) => row.id);
    const removed = rows.filter((row) => row.deleted !== null).map((row) => row.id);
    return { revision: now, runs, removed, all: false };
  });
}

/** What code runs name, and a moment at which that is all the code that anyone needs. */
import type { CodeVersion } from "../domain/run";
import type { KeptCode } from "./contract";
import type { Database } from "./database";
import { isLeaseHeld } from "./leases";
import { nextRevision } from "./revision";

/** See `Store.listCode`. */
export function listCode(db: Database): KeptCode[] {
  return readPlaces(db, "SELECT DISTINCT code FROM runs WHERE code IS NOT NULL");
}

/** See `Store.listFreedCode`. */
export function listFreedCode(db: Database): KeptCode[] {
  return readPlaces(db, "SELECT place AS code FROM freed_code");
}

function readPlaces(db: Database, sql: string): KeptCode[] {
  const codes = db.read(() => db.all<{ code: string }>(sql)).map(({ code }) => JSON.parse(code) as CodeVersion);
  const places = new Map<string, KeptCode>();
  for (const { gitDir, commit, root } of codes) {
    // The same commit may have been at several heads and branches.
    if (gitDir !== null && commit !== null)
      places.set(JSON.stringify([gitDir, commit, root]), { gitDir, commit, root });
  }
  return [...places.values()];
}

/** See `Store.forgetFreedCode`. */
export function forgetFreedCode(db: Database, gitDir: string): void {
  db.run("DELETE FROM freed_code WHERE json_extract(place, '$.gitDir') IS ?", gitDir);
}

/** See `Store.whileNoCodeIsTaken`. A run names its code as soon as that is taken, even when there is none. */
export function whileNoCodeIsTaken<T>(db: Database, body: () => T): T | undefined {
  const sql = "SELECT 1 FROM runs WHERE status = 'running' AND code IS NULL LIMIT 1";
  return db.write(() => (isLeaseHeld(db) || db.get(sql) !== undefined ? undefined : body()));
}

/** See `Store.unknownRuns`. */
export function unknownRuns(db: Database, ids: readonly string[]): string[] {
  const sql = "SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM runs)";
  return db.read(() => db.all<{ id: string }>(sql, JSON.stringify(ids))).map(({ id }) => id);
}

/** See `Store.runsWithCode`. */
export function runsWithCode(db: Database, { gitDir, commit }: Pick<KeptCode, "gitDir" | "commit">): string[] {
  const sql = `SELECT id FROM runs WHERE json_extract(code, '$.commit') = ? AND json_extract(code, '$.gitDir') = ?`;
  return db.read(() => db.all<{ id: string }>(sql, commit, gitDir)).map(({ id }) => id);
}

/** See `Store.moveCode`. */
export function moveCode(db: Database, from: KeptCode, to: Omit<KeptCode, "commit">): void {
  db.write(() =>
    db.run(
      `UPDATE runs SET code = json_set(code, '$.gitDir', ?, '$.root', ?), revision = ?
      WHERE json_extract(code, '$.commit') = ? AND json_extract(code, '$.gitDir') = ? AND json_extract(code, '$.root') IS ?`,
      to.gitDir,
      to.root,
      nextRevision(db),
      from.commit,
      from.gitDir,
      from.root,
    ),
  );
}

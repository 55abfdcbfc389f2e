/** What code runs name, and a moment at which that is all the code that anyone needs. */
import type { CodeVersion } from "../domain/run";
import type { Database } from "./database";
import { isLeaseHeld } from "./leases";

/** See `Store.listCode`. */
export function listCode(db: Database): CodeVersion[] {
  const rows = db.read(() => db.all<{ code: string }>("SELECT DISTINCT code FROM runs WHERE code IS NOT NULL"));
  return rows.map(({ code }) => JSON.parse(code) as CodeVersion).filter(({ commit }) => commit !== null);
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

/** Giving the space of removed rows back to the disk. */
import type { Database } from "./database";
import { SqliteCode, sqliteCode } from "./sqlite";

/** Less than this is left for new rows. */
const WORTH_BYTES = 8 * 2 ** 20;

/** See `Store.compact`. */
export function compact(db: Database): number {
  try {
    const before = freeBytes(db);
    const size = pragma(db, "page_count") * pragma(db, "page_size");
    if (before >= WORTH_BYTES && before >= size / 4 && !isAnyRunning(db)) db.exec("VACUUM");
    // What is in the log is in the database then, and the log empty.
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return Math.max(0, before - freeBytes(db));
  } catch (error) {
    // Someone else is at work, or there is no room for the copy that this takes: the next time, then.
    const code = sqliteCode(error);
    if (code === SqliteCode.busy || code === SqliteCode.locked || code === SqliteCode.full) return 0;
    throw error;
  }
}

function freeBytes(db: Database): number {
  return pragma(db, "freelist_count") * pragma(db, "page_size");
}

function isAnyRunning(db: Database): boolean {
  return db.read(() => db.get("SELECT 1 FROM runs WHERE status = 'running' LIMIT 1")) !== undefined;
}

function pragma(db: Database, name: string): number {
  return Number(Object.values(db.read(() => db.get<object>(`PRAGMA ${name}`))!)[0]);
}

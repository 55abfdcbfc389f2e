/** Giving the space of removed rows back to the disk. */
import type { Database } from "./database";
import { SqliteCode, sqliteCode } from "./sqlite";

/** Less than this is left for new rows. */
const WORTH_BYTES = 8 * 2 ** 20;

/** See `Store.compact`. */
export function compact(db: Database): number {
  const free = () => pragma(db, "freelist_count") * pragma(db, "page_size");
  const isRunning = () => db.read(() => db.get("SELECT 1 FROM runs WHERE status = 'running' LIMIT 1")) !== undefined;
  const before = free();
  if (before < WORTH_BYTES || before < (pragma(db, "page_count") * pragma(db, "page_size")) / 4 || isRunning())
    return 0;
  try {
    db.exec("VACUUM");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return before - free();
  } catch (error) {
    // Someone else is at work, or there is no room for the copy that this takes: the next time, then.
    const code = sqliteCode(error);
    if (code === SqliteCode.busy || code === SqliteCode.locked || code === SqliteCode.full) return 0;
    throw error;
  }
}

function pragma(db: Database, name: string): number {
  return Number(Object.values(db.read(() => db.get<object>(`PRAGMA ${name}`))!)[0]);
}

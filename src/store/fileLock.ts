/**
 * Locks that are let go by the system when their holder dies, however it dies. Node has no file locks of its own; SQLite has:
 * an open exclusive transaction on an empty database is one, and writes nothing.
 */
import { existsSync, rmSync } from "node:fs";
import { type DatabaseSync, loadSqlite, SqliteCode, sqliteCode } from "./sqlite";

/** Takes the lock and gives the function that lets it go, and removes the file. Throws what SQLite says. */
export function takeLock(file: string): () => void {
  const connection = lock(file);
  return () => {
    connection.close();
    rmSync(file, { force: true });
  };
}

/** Whether someone has the lock; null when that cannot be told (it was never taken, or cannot be tried). */
export function isLocked(file: string): boolean | null {
  if (!existsSync(file)) return null;
  try {
    lock(file).close();
    return false;
  } catch (error) {
    return isHeldElsewhere(error) ? true : null;
  }
}

/** Whether `takeLock` failed because someone else has it, and not because the disk has no locks. */
export function isHeldElsewhere(error: unknown): boolean {
  return sqliteCode(error) === SqliteCode.busy;
}

function lock(file: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const connection = new DatabaseSync(file);
  try {
    connection.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

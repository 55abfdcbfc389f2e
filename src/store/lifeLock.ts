/**
 * A sign of life that other containers can see: a lock on `recorder.lock` in the run's folder, held for as long as the
 * recorder lives and let go by the system when it dies, however it dies. A container that is restarted, as a dev container is
 * whenever its window is closed, has new process numbers, so a number tells nothing about a recorder from before.
 *
 * Node has no file locks of its own; SQLite has: an open exclusive transaction on an empty database is one, and writes nothing.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DatabaseSync, loadSqlite, SqliteCode, sqliteCode } from "./sqlite";

/** Takes the lock and gives the function that lets it go; null when the disk has no locks or someone else has it. */
export function holdLifeLock(runFolder: string): (() => void) | null {
  try {
    const connection = lock(runFolder);
    return () => {
      connection.close();
      rmSync(lockPath(runFolder), { force: true });
    };
  } catch {
    return null;
  }
}

/** Whether the lock is held; null when that cannot be told (no lock was ever taken, or none can be tried). */
export function isLifeLockHeld(runFolder: string): boolean | null {
  if (!existsSync(lockPath(runFolder))) return null;
  try {
    lock(runFolder).close();
    return false;
  } catch (error) {
    return sqliteCode(error) === SqliteCode.busy ? true : null;
  }
}

function lockPath(runFolder: string): string {
  return join(runFolder, "recorder.lock");
}

function lock(runFolder: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const connection = new DatabaseSync(lockPath(runFolder));
  try {
    connection.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

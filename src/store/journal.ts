/** Which journal a database has: the write-ahead log, or a rollback journal where the disk cannot bear the log. */
import type { Database } from "./database";
import { isNetworkDisk } from "./networkDisk";
import { BUSY_TIMEOUT, retryBusy } from "./retry";
import { SqliteCode, sqliteCode } from "./sqlite";

/**
 * NORMAL may lose the last moments to a power cut, never to a crash, and never damages the database. The log is put into the
 * database after 16 MiB: pages that change with each batch are then written there once for very many batches.
 */
const LOG_SETTINGS = `PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 16777216`;

/** Ms to wait for others to leave, which a change of mode needs. */
const CHANGE_TIMEOUT = 250;

export type Journal = "wal" | "rollback";

/** The journal for the disk that `folder` is on. */
export function journalFor(folder: string): Journal {
  return isNetworkDisk(folder) ? "rollback" : "wal";
}

/** Puts the database into this mode, if it can be. Gives what is worth a word to the user. */
export function setJournal(db: Database, journal: Journal): string[] {
  const wanted = journal === "wal" ? "wal" : "delete";
  const now = readMode(db, "PRAGMA journal_mode");
  const got = now === wanted ? now : changeMode(db, wanted);
  db.exec(got === "wal" ? LOG_SETTINGS : "PRAGMA synchronous = FULL");
  if (got === "wal" && wanted === "wal") return [];
  return [
    `${db.file} is on a network disk, where several readers and writers at once are slow. Set MODELTRAIL_DIR to a folder on a local disk if that is a problem.`,
  ];
}

function readMode(db: Database, pragma: string): string {
  return retryBusy(() => db.get<{ journal_mode: string }>(pragma)!.journal_mode);
}

/** The mode that holds afterwards: the old one when others use the database now, or when the disk refuses the log. */
function changeMode(db: Database, mode: string): string {
  db.exec(`PRAGMA busy_timeout = ${CHANGE_TIMEOUT}`);
  try {
    return db.get<{ journal_mode: string }>(`PRAGMA journal_mode = ${mode}`)!.journal_mode;
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== SqliteCode.cannotOpen && code !== SqliteCode.ioError && code !== SqliteCode.busy) throw error;
    return readMode(db, "PRAGMA journal_mode");
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  }
}

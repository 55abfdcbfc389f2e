/** Opens the database file, or makes it whole first, with the journal that its disk can bear. */
import { randomBytes } from "node:crypto";
import { constants, copyFileSync, existsSync, linkSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../domain/errors";
import { type Database, wrapDatabase } from "./database";
import { damaged, explain } from "./faults";
import { contains } from "./filter";
import { checkVersion, migrate } from "./migrate";
import { isNetworkDisk } from "./networkDisk";
import { BUSY_TIMEOUT, retryBusy, sleep } from "./retry";
import { MIGRATIONS } from "./schema";
import { loadSqlite, SqliteCode, sqliteCode } from "./sqlite";

export interface ConnectOptions {
  /** Make the database if it is not there. */
  create: boolean;
  readOnly: boolean;
  /** Default: the write-ahead log unless the disk is a network one. */
  journal?: "wal" | "rollback";
}

/** The open database of the store folder `folder`, and what is worth a word to the user. Throws UserError. */
export function connect(folder: string, options: ConnectOptions): { db: Database; notices: string[] } {
  const file = join(folder, "db.sqlite");
  if (!existsSync(file)) {
    if (!options.create || options.readOnly) {
      throw new UserError(
        `No runs have been recorded here yet (there is no ${file}). Record one with \`modeltrail run\`.`,
      );
    }
    createDatabase(file, folder);
  }
  requireContent(file);
  return options.readOnly ? connectReadOnly(file) : connectForWriting(file, options);
}

function connectForWriting(file: string, options: ConnectOptions): { db: Database; notices: string[] } {
  const db = openFile(file, false);
  try {
    checkVersion(db);
    const notices = setJournal(db, options.journal ?? (isNetworkDisk(dirname(file)) ? "rollback" : "wal"));
    migrate(db);
    return { db, notices };
  } catch (error) {
    db.close();
    throw explain(error, file);
  }
}

function connectReadOnly(file: string): { db: Database; notices: string[] } {
  try {
    return { db: openCurrent(file, false), notices: [] };
  } catch (error) {
    const code = sqliteCode((error as Error).cause);
    if (code !== SqliteCode.cannotOpen && code !== SqliteCode.readOnly) throw error;
  }
  // The write-ahead log wants files beside the database, and the folder takes none: read the database as it lies there.
  return {
    db: openCurrent(file, true),
    notices: [`${file} is on a read-only disk: changes made elsewhere show after it is opened again.`],
  };
}

function openCurrent(file: string, immutable: boolean): Database {
  const db = openFile(file, true, immutable);
  try {
    requireCurrent(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A reader cannot bring an older database up to date. */
function requireCurrent(db: Database): void {
  if (checkVersion(db) < MIGRATIONS.length) {
    throw new UserError(
      `${db.file} was written by an older Modeltrail. Open the project once where it can be written to, to bring it up to date.`,
    );
  }
}

function openFile(file: string, readOnly: boolean, immutable = false): Database {
  try {
    const { DatabaseSync } = loadSqlite();
    const url = pathToFileURL(file);
    url.search = "immutable=1";
    const connection = new DatabaseSync(immutable ? url : file, { readOnly });
    connection.function("contains", { deterministic: true }, contains);
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000`);
    return wrapDatabase(connection, file);
  } catch (error) {
    throw explain(error, file);
  }
}

/**
 * NORMAL may lose the last moments to a power cut, never to a crash, and never damages the database. The log is put into the
 * database after 16 MiB: pages that change with each batch are then written there once for very many batches.
 */
const LOG_SETTINGS = `PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 16777216`;

function setJournal(db: Database, journal: "wal" | "rollback"): string[] {
  const wanted = journal === "wal" ? "wal" : "delete";
  const now = journalMode(db);
  const got = now === wanted ? now : changeJournal(db, wanted);
  db.exec(got === "wal" ? LOG_SETTINGS : "PRAGMA synchronous = FULL");
  if (got === "wal" && wanted === "wal") return [];
  return [
    `${db.file} is on a network disk, where several readers and writers at once are slow. Set MODELTRAIL_DIR to a folder on a local disk if that is a problem.`,
  ];
}

function journalMode(db: Database): string {
  return retryBusy(() => db.get<{ journal_mode: string }>("PRAGMA journal_mode")!.journal_mode);
}

/** The mode that holds afterwards. A disk without shared memory refuses the log in one of several ways. */
function changeJournal(db: Database, mode: "wal" | "delete"): string {
  try {
    return retryBusy(() => db.get<{ journal_mode: string }>(`PRAGMA journal_mode = ${mode}`)!.journal_mode);
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== SqliteCode.cannotOpen && code !== SqliteCode.ioError && code !== SqliteCode.busy) throw error;
    return journalMode(db);
  }
}

/**
 * Makes the database under a name of its own and only then gives it the real one, so that no process ever sees it half
 * made, and an empty file under the real name is always damage.
 */
function createDatabase(file: string, folder: string): void {
  const temporary = join(folder, "tmp", `db-${randomBytes(8).toString("hex")}.sqlite`);
  try {
    mkdirSync(dirname(temporary), { recursive: true });
    const db = openFile(temporary, false);
    try {
      migrate(db);
      if (!isNetworkDisk(folder)) changeJournal(db, "wal");
    } finally {
      db.close();
    }
    publish(temporary, file);
  } catch (error) {
    throw explain(error, file);
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(temporary + suffix, { force: true });
  }
}

/** Another process that was quicker wins. */
function publish(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    // No hard links on this disk.
    try {
      copyFileSync(temporary, file, constants.COPYFILE_EXCL);
    } catch (refused) {
      if ((refused as NodeJS.ErrnoException).code !== "EEXIST") throw refused;
    }
  }
}

/** On a disk without hard links another process may be copying the new database into place right now: look for a second. */
function requireContent(file: string): void {
  for (let left = 50; statSync(file).size === 0; left--) {
    if (left === 0) throw damaged(file);
    sleep(20);
  }
}

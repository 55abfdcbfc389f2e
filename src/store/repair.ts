/** Puts a sound database in the place of a damaged one, which is kept aside. */
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../domain/errors";
import type { Database } from "./database";
import { journalFor, setJournal } from "./journal";
import { checkVersion, migrate } from "./migrate";
import { openFile } from "./openFile";
import { isAlive } from "./process";
import { runningRuns } from "./runs";
import { type Salvaged, salvage } from "./salvage";
import { SqliteCode, sqliteCode } from "./sqlite";

export interface DatabaseRepair {
  /** The folder with the damaged database as it was. Null: there was none. */
  aside: string | null;
  /** What was wrong, in SQLite's words. */
  reason: string;
  /** Runs that could be read. */
  runs: number;
  /** Tables of which something is lost; null: everything is, the file could not be read at all. */
  damaged: string[] | null;
}

const SUFFIXES = ["", "-wal", "-journal"];

/** What is wrong with the database of a store folder; null: nothing. Throws UserError when it is of a newer Modeltrail. */
export function examineDatabase(folder: string): string | null {
  const file = join(folder, "db.sqlite");
  if (!existsSync(file)) return "it is not there";
  let db: Database | undefined;
  try {
    db = openFile(file, false);
    checkVersion(db);
    const [first] = db.all<{ integrity_check: string }>("PRAGMA integrity_check(1)");
    if (first!.integrity_check !== "ok") return first!.integrity_check;
    const strays = db.all("PRAGMA foreign_key_check");
    return strays.length > 0 ? "rows belong to runs that are not there" : null;
  } catch (error) {
    if (isDamage(error) || isDamage((error as Error).cause)) return String((error as Error).message);
    throw error;
  } finally {
    db?.close();
  }
}

function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SqliteCode.corrupt || code === SqliteCode.notADatabase;
}

/**
 * Copies the database to a folder in `damaged/`, reads what can be read of another copy, and puts that in its place. The last
 * step is two renames next to each other; whenever it is interrupted, the copy has everything. Throws UserError, with nothing
 * changed, while a run is running.
 */
export function repairDatabase(folder: string, reason: string, now = new Date()): DatabaseRepair {
  const file = join(folder, "db.sqlite");
  const aside = existsSync(file) ? join(folder, "damaged", now.toISOString().replaceAll(":", "-")) : null;
  const work = join(folder, "tmp", `repair-${process.pid}-${now.getTime()}`);
  mkdirSync(work, { recursive: true });
  try {
    if (aside) {
      mkdirSync(aside, { recursive: true });
      for (const to of [aside, work]) copyDatabase(file, join(to, "db.sqlite"));
    }
    const fresh = join(work, "fresh.sqlite");
    const salvaged = rebuild(join(work, "db.sqlite"), fresh, folder);
    // A log that is left would be taken for the new database's.
    for (const suffix of ["-wal", "-shm", "-journal"]) rmSync(file + suffix, { force: true });
    renameSync(fresh, file);
    return { aside, reason, runs: salvaged?.rows.runs ?? 0, damaged: salvaged?.damaged ?? null };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copyDatabase(from: string, to: string): void {
  for (const suffix of SUFFIXES) {
    if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix, constants.COPYFILE_FICLONE);
  }
}

/** Null when nothing could be read. */
function rebuild(damaged: string, fresh: string, folder: string): Salvaged | null {
  const target = openFile(fresh, false);
  try {
    migrate(target);
    const salvaged = existsSync(damaged) ? readDamaged(damaged, target) : null;
    requireNobody(target);
    target.exec("VACUUM");
    setJournal(target, journalFor(folder));
    return salvaged;
  } finally {
    target.close();
  }
}

function readDamaged(damaged: string, target: Database): Salvaged | null {
  let source: Database | undefined;
  try {
    source = openFile(damaged, false);
    return salvage(source, target);
  } catch (error) {
    if (isDamage(error) || isDamage((error as Error).cause)) return null;
    throw error;
  } finally {
    source?.close();
  }
}

/** A recorder that goes on writing into the old file would lose it all. */
function requireNobody(db: Database): void {
  const alive = runningRuns(db, true).filter(({ recorder }) => isAlive(recorder));
  if (alive.length > 0) {
    throw new UserError(`${alive.length} runs are running here. Wait for their end, or stop them, then repair.`);
  }
}

/** Opening a database for reading alone, also where nothing at all can be written. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../domain/errors";
import type { Database } from "./database";
import { explain } from "./faults";
import { checkVersion } from "./migrate";
import { openFile } from "./openFile";
import { MIGRATIONS } from "./schema";
import { SqliteCode, sqliteCode } from "./sqlite";

/** The database `file`, and what is worth a word to the user. Throws UserError. */
export function connectReadOnly(file: string): { db: Database; notices: string[] } {
  try {
    return { db: requireCurrent(openFile(file, true)), notices: [] };
  } catch (error) {
    const code = sqliteCode((error as Error).cause);
    if (code !== SqliteCode.cannotOpen && code !== SqliteCode.readOnly) throw error;
  }
  return {
    db: requireCurrent(openCopy(file)),
    notices: [`${file} is on a read-only disk: changes made elsewhere show after it is opened again.`],
  };
}

/**
 * The write-ahead log wants files beside the database, even for reading; where the folder takes none, a copy is read. What
 * still lies in the log is copied too, since a recorder that was killed leaves its last words there.
 */
function openCopy(file: string): Database {
  const folder = mkdtempSync(join(tmpdir(), "modeltrail-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "db.sqlite");
    for (const suffix of ["", "-wal"]) {
      if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix, constants.COPYFILE_FICLONE);
    }
    return openFile(copy, true, file, remove);
  } catch (error) {
    remove();
    throw explain(error, file);
  }
}

/** Closes the database again when it is not of this version: a reader cannot bring an older one up to date. */
function requireCurrent(db: Database): Database {
  try {
    if (checkVersion(db) === MIGRATIONS.length) return db;
    throw new UserError(
      `${db.file} was written by an older Modeltrail. Open the project once where it can be written to, to bring it up to date.`,
    );
  } catch (error) {
    db.close();
    throw error;
  }
}

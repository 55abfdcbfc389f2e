/** Making a new database. */
import { randomBytes } from "node:crypto";
import { constants, copyFileSync, linkSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "./faults";
import { type Journal, setJournal } from "./journal";
import { migrate } from "./migrate";
import { openFile } from "./openFile";

/**
 * Makes the database under a name of its own and only then gives it the real one, so that no process ever sees it half
 * made, and an empty file under the real name is always damage.
 */
export function createDatabase(file: string, journal: Journal): void {
  const temporary = join(dirname(file), "tmp", `db-${randomBytes(8).toString("hex")}.sqlite`);
  try {
    mkdirSync(dirname(temporary), { recursive: true });
    const db = openFile(temporary, false);
    try {
      migrate(db);
      setJournal(db, journal);
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

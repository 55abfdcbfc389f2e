/** Opens the database of a store folder, or makes it first. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../domain/errors";
import { createDatabase } from "./create";
import type { Database } from "./database";
import { damaged, explain } from "./faults";
import { type Journal, journalFor, setJournal } from "./journal";
import { checkVersion, migrate } from "./migrate";
import { openFile } from "./openFile";
import { connectReadOnly } from "./readOnly";
import { sleep } from "./retry";

export interface ConnectOptions {
  /** Make the database if it is not there. */
  create: boolean;
  readOnly: boolean;
  /** Default: the write-ahead log unless the disk is a network one. */
  journal?: Journal;
}

/** The open database of the store folder `folder`, and what is worth a word to the user. Throws UserError. */
export function connect(folder: string, options: ConnectOptions): { db: Database; notices: string[] } {
  const file = join(folder, "db.sqlite");
  const journal = options.journal ?? journalFor(folder);
  if (!existsSync(file)) {
    if (!options.create || options.readOnly) {
      throw new UserError(
        `No runs have been recorded here yet (there is no ${file}). Record one with \`modeltrail run\`.`,
      );
    }
    createDatabase(file, journal);
  }
  requireContent(file);
  return options.readOnly ? connectReadOnly(file) : connectForWriting(file, journal);
}

function connectForWriting(file: string, journal: Journal): { db: Database; notices: string[] } {
  const db = openFile(file, false);
  try {
    checkVersion(db);
    const notices = setJournal(db, journal);
    migrate(db);
    return { db, notices };
  } catch (error) {
    db.close();
    throw explain(error, file);
  }
}

/** On a disk without hard links another process may be copying the new database into place right now: look for a second. */
function requireContent(file: string): void {
  for (let left = 50; statSync(file).size === 0; left--) {
    if (left === 0) throw damaged(file);
    sleep(20);
  }
}

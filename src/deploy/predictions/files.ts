/** The files of a prediction log: SQLite, one after the other, each named for the time when it was begun. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../../store/database";
import { journalFor, setJournal } from "../../store/journal";
import { openFile } from "../../store/openFile";
import { keepPrivate, OWNER } from "../deploymentFolder";

export interface LogFile {
  path: string;
  /** Ms since the epoch; nothing in it was written before. */
  start: number;
}

const NAME = /^(\d{15})\.sqlite$/;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS predictions (
  id TEXT NOT NULL UNIQUE,
  time REAL NOT NULL,
  role TEXT NOT NULL,
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL,
  latency REAL NOT NULL,
  inputs TEXT,
  outputs TEXT,
  key TEXT,
  of TEXT,
  label TEXT,
  labelled REAL,
  action TEXT
)`;

/** Where the log of the deployment with this folder is. */
export const logFolder = (deploymentFolder: string) => join(deploymentFolder, "predictions");

/** The oldest first. */
export function logFiles(folder: string): LogFile[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const start = NAME.exec(name)?.[1];
    return start === undefined ? [] : [{ path: join(folder, name), start: Number(start) }];
  });
}

/** To be written to: the file that begins now, or one that is there. */
export function openForWriting(folder: string, start: number): Database {
  // Not those above it: a deployment that was deleted is not made anew.
  if (!existsSync(folder)) mkdirSync(folder, { mode: OWNER });
  keepPrivate(folder);
  const db = openFile(join(folder, `${String(start).padStart(15, "0")}.sqlite`), false);
  try {
    setJournal(db, journalFor(folder));
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What the file takes, with what SQLite keeps beside it. */
export function sizeOf({ path }: LogFile): number {
  let size = 0;
  for (const part of [path, `${path}-wal`]) size += statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  return size;
}

/** False: somebody has it open, where the system then keeps it. */
export function removeFile({ path }: LogFile): boolean {
  try {
    for (const part of [`${path}-wal`, `${path}-shm`, path]) rmSync(part, { force: true });
    return true;
  } catch {
    return false;
  }
}

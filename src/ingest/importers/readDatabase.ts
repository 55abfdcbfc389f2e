/**
 * SQLite databases of other programs, which may be using them: they are read without a trace. Reads are short, so that nobody
 * waits for us.
 */
import { closeSync, constants, existsSync, openSync, readSync, statSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { SQLInputValue } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { UserError } from "../../domain/errors";
import { type DatabaseSync, loadSqlite } from "../../store/sqlite";

export interface ForeignDatabase {
  /** All rows; the shape is the caller's word. */
  all<T>(sql: string, ...values: SQLInputValue[]): T[];
  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined;
  /** Names of the table's columns; empty when there is no such table. */
  columns(table: string): Set<string>;
}

/** Calls `body` with the database. Throws UserError when it is none or cannot be read. `temporary`: a folder of ours. */
export async function withDatabase<T>(
  file: string,
  temporary: string,
  body: (database: ForeignDatabase) => T | Promise<T>,
): Promise<T> {
  let opened: Opened | undefined;
  try {
    opened = await open(file, temporary);
    const { connection } = opened;
    return await body({
      all: <Row>(sql: string, ...values: SQLInputValue[]) => connection.prepare(sql).all(...values) as Row[],
      get: <Row>(sql: string, ...values: SQLInputValue[]) => connection.prepare(sql).get(...values) as Row | undefined,
      columns: (table) => {
        const rows = connection.prepare("SELECT name FROM pragma_table_info(?)").all(table) as { name: string }[];
        return new Set(rows.map(({ name }) => name));
      },
    });
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_SQLITE_ERROR") throw error;
    throw new UserError(`The database ${file} could not be read: ${(error as Error).message}.`, { cause: error });
  } finally {
    await opened?.close();
  }
}

interface Opened {
  connection: DatabaseSync;
  close(): Promise<void>;
}

async function open(file: string, temporary: string): Promise<Opened> {
  const log = existsSync(`${file}-wal`);
  if (isWalMode(file) && !log) {
    // Nobody has it open, and SQLite would make files beside it to read it.
    const url = pathToFileURL(file);
    url.searchParams.set("immutable", "1");
    return plainly(new (loadSqlite().DatabaseSync)(url, { readOnly: true }));
  }
  // What a program left when it died is put right in a copy, and not in its place.
  const died = log ? !existsSync(`${file}-shm`) : hasContent(`${file}-journal`);
  if (!died) return plainly(connect(file));
  return copied(file, temporary);
}

function connect(file: string): DatabaseSync {
  const connection = new (loadSqlite().DatabaseSync)(file, { readOnly: true });
  connection.exec("PRAGMA busy_timeout = 10000");
  return connection;
}

function plainly(connection: DatabaseSync): Opened {
  return { connection, close: async () => connection.close() };
}

async function copied(file: string, temporary: string): Promise<Opened> {
  await mkdir(temporary, { recursive: true });
  const folder = await mkdtemp(path.join(temporary, "database-"));
  try {
    const copy = path.join(folder, "copy");
    for (const ending of ["", "-wal", "-journal"]) {
      if (existsSync(file + ending)) await copyFile(file + ending, copy + ending, constants.COPYFILE_FICLONE);
    }
    const connection = new (loadSqlite().DatabaseSync)(copy);
    return {
      connection,
      async close() {
        connection.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const hasContent = (file: string) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** The file's own word for how it is written: https://www.sqlite.org/fileformat.html, the header's bytes 18 and 19. */
function isWalMode(file: string): boolean {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header[19] === 2;
}

/** Whether the file is an SQLite database. */
export function isDatabase(file: string): boolean {
  const magic = Buffer.alloc(16);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, magic, 0, magic.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return magic.toString("latin1") === "SQLite format 3\u0000";
}

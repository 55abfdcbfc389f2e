/** Opening a database file as such. */

import { type Database, wrapDatabase } from "./database";
import { explain } from "./faults";
import { contains } from "./filter";
import { BUSY_TIMEOUT } from "./retry";
import { loadSqlite } from "./sqlite";

/** The file, made if it is to be written and is not there. `name`: what it is called in messages. Throws UserError. */
export function openFile(file: string, readOnly: boolean, name = file, afterClose?: () => void): Database {
  try {
    const { DatabaseSync } = loadSqlite();
    const connection = new DatabaseSync(file, { readOnly });
    connection.function("contains", { deterministic: true }, contains);
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000`);
    return wrapDatabase(connection, name, afterClose);
  } catch (error) {
    throw explain(error, name);
  }
}

/** One connection: cached statements, consistent reads, short write transactions. */
import { explain } from "./faults";
import { retryBusy } from "./retry";
import type { DatabaseSync, StatementSync } from "./sqlite";

export type Value = string | number | bigint | Uint8Array | null;

export interface Database {
  readonly file: string;
  /** Transactions that were taken back so far: caches filled inside one must be dropped when this moves. */
  readonly rollbacks: number;
  /** All rows; the shape is the caller's word. */
  all<T>(sql: string, ...values: Value[]): T[];
  get<T>(sql: string, ...values: Value[]): T | undefined;
  /** Carries out a change; gives the number of rows changed. */
  run(sql: string, ...values: Value[]): number;
  /** Several statements without values, not cached. */
  exec(sql: string): void;
  /** The prepared statement itself, for settings such as big integers. */
  statement(sql: string): StatementSync;
  /** Everything read in `body` belongs to one moment. */
  read<T>(body: () => T): T;
  /**
   * All of `body` or nothing; joins the write that is open already. `body` is called again when another process was in the
   * way, so it changes nothing but the database.
   */
  write<T>(body: () => T): T;
  close(): void;
}

/** Wraps an open connection to what is called `file` in messages. */
export function wrapDatabase(connection: DatabaseSync, file: string, afterClose?: () => void): Database {
  const statements = new Map<string, StatementSync>();
  let open: "read" | "write" | null = null;
  let closed = false;
  let rollbacks = 0;

  function statement(sql: string): StatementSync {
    let found = statements.get(sql);
    if (!found) {
      found = connection.prepare(sql);
      statements.set(sql, found);
    }
    return found;
  }

  function attempt<T>(kind: "read" | "write", body: () => T): T {
    statement(kind === "write" ? "BEGIN IMMEDIATE" : "BEGIN").run();
    open = kind;
    try {
      const result = body();
      // With a rollback journal a commit waits for readers, and may be tried again.
      retryBusy(() => statement("COMMIT").run());
      return result;
    } catch (error) {
      rollbacks++;
      rollBack(connection);
      throw error;
    } finally {
      open = null;
    }
  }

  function transaction<T>(kind: "read" | "write", body: () => T): T {
    if (open === "read" && kind === "write") throw new Error("A write was begun inside a read.");
    if (open) return body();
    try {
      return retryBusy(() => attempt(kind, body));
    } catch (error) {
      throw explain(error, file);
    }
  }

  return {
    file,
    get rollbacks() {
      return rollbacks;
    },
    all: <T>(sql: string, ...values: Value[]) => statement(sql).all(...withoutNul(values)) as T[],
    get: <T>(sql: string, ...values: Value[]) => statement(sql).get(...withoutNul(values)) as T | undefined,
    run: (sql, ...values) => Number(statement(sql).run(...withoutNul(values)).changes),
    exec: (sql) => connection.exec(sql),
    statement,
    read: (body) => transaction("read", body),
    write: (body) => transaction("write", body),
    close() {
      if (closed) return;
      closed = true;
      statements.clear();
      connection.close();
      afterClose?.();
    },
  };
}

/** Node before 22.15, and some of SQLite's functions, end a text at a NUL character: it becomes the replacement character. */
function withoutNul(values: Value[]): Value[] {
  for (const [index, value] of values.entries()) {
    if (typeof value === "string" && value.includes("\0")) values[index] = value.replaceAll("\0", "\ufffd");
  }
  return values;
}

/** SQLite takes some transactions back by itself (full disk); a second rollback is then an error that says nothing. */
function rollBack(connection: DatabaseSync): void {
  try {
    connection.exec("ROLLBACK");
  } catch {}
}

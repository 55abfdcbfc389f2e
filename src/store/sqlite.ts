/** The editor's own SQLite (`node:sqlite`), loaded without its one experimental warning, and the codes of its errors. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

type Sqlite = typeof import("node:sqlite");

export type { DatabaseSync, StatementSync };

/** Result codes of SQLite that we tell apart, https://www.sqlite.org/rescode.html */
export const SqliteCode = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  notADatabase: 26,
} as const;

let loaded: Sqlite | undefined;

/**
 * `node:sqlite`. Node 22 prints an ExperimentalWarning when it is first loaded: that line would land in the output of the
 * user's run, so this one warning is held back, and no other. Throws on a Node that has no SQLite (before 22.13).
 */
export function loadSqlite(): Sqlite {
  if (loaded) return loaded;
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!/SQLite is an experimental feature/.test(String(warning))) {
      Reflect.apply(emitWarning, process, [warning, ...rest]);
    }
  }) as typeof process.emitWarning;
  try {
    // Not an import: those of built-in modules are carried out before any of our statements runs.
    loaded = process.getBuiltinModule?.("node:sqlite") as Sqlite | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
  if (!loaded)
    throw new Error(`Modeltrail needs Node 22.13 or later for its database, and this is ${process.version}.`);
  return loaded;
}

/** The primary result code of an error thrown by `node:sqlite`, else undefined. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

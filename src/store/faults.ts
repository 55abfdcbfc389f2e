/** Turns what SQLite and the disk say into sentences for the user. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../domain/errors";
import { SqliteCode, sqliteCode } from "./sqlite";

/** The error to throw instead of `error`, which came up at the database `file`. Unknown ones come back as they are. */
export function explain(error: unknown, file: string): unknown {
  if (error instanceof UserError) return error;
  const options = { cause: error };
  switch (sqliteCode(error)) {
    case SqliteCode.corrupt:
    case SqliteCode.notADatabase:
      return damaged(file, options);
    case SqliteCode.full:
      return full(file, options);
    case SqliteCode.busy:
    case SqliteCode.locked:
    case SqliteCode.protocol:
      return new UserError(
        `Another process has held ${file} for too long. See which Modeltrail processes run here, then try again.`,
        options,
      );
    case SqliteCode.readOnly:
      return new UserError(`${file} is read-only. Make it writable, or set MODELTRAIL_DIR to another folder.`, options);
    case SqliteCode.ioError:
    case SqliteCode.cannotOpen:
      // The files beside the database are written through memory, where a full disk shows as an I/O error.
      if (isFull(dirname(file))) return full(file, options);
      return new UserError(
        `${file} could not be read or written (${(error as Error).message}). Check the disk and the folder's permissions, or set MODELTRAIL_DIR to another folder.`,
        options,
      );
    default:
      return error;
  }
}

class DiskFull extends UserError {}

function full(file: string, options: ErrorOptions): UserError {
  return new DiskFull(`The disk is full: ${file} could not be written. Free some space, then try again.`, options);
}

/** Whether a write failed as its disk is full, or the user's share of it; `error` may be one that `explain` gave. */
export function isDiskFull(error: unknown): boolean {
  if (sqliteCode(error) === SqliteCode.full) return true;
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT" || error instanceof DiskFull;
}

/** Whether there is less than what SQLite takes at a time. */
function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}

/** Said of a database that is not one, or no longer. */
export function damaged(file: string, options?: ErrorOptions): UserError {
  return new UserError(
    `The run database ${file} is damaged. Nothing was changed; the runs' logs and files beside it are kept. \`modeltrail doctor --repair\` reads what can be read of it and keeps the damaged file aside; or put a backup in its place.`,
    options,
  );
}

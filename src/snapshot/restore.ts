/** Brings a run's files back into a folder of their own, exactly as the run had them, or says which are not. */
import fs from "node:fs";
import path from "node:path";
import { UserError } from "../domain/errors";
import type { RestorePart, RestoreReport } from "../domain/restore";
import type { Run } from "../domain/run";
import type { Store } from "../store/contract";
import type { HashPoolOptions } from "./hashPool";
import { findCode } from "./restore/findCode";
import { createFolderWriter } from "./restore/folderWriter";
import { createRestoring, type Restoring } from "./restore/restoring";

export type RestoreStore = Pick<Store, "root" | "folder" | "getRun"> & Partial<Pick<Store, "cachedHash">>;

export interface RestoreProgress {
  /** Files and bytes that are done, and how many there are in all, as far as is known. */
  files: number;
  bytes: number;
  totalFiles: number;
  totalBytes: number;
}

export interface RestoreOptions {
  /** A folder that is empty or does not exist yet. */
  to: string;
  /** Default: code, data and config. */
  parts?: readonly RestorePart[];
  /** When it fires, what has been written stays and the report says `cancelled`. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: RestoreProgress) => void) | undefined;
  /** Only these files, by the names that the run has for them. */
  only?: (name: string) => boolean;
  /**
   * Hashes every byte that is copied. Default false: not those of objects that nobody has touched since they were hashed when
   * they were stored, as their size, times and inode tell.
   */
  verify?: boolean | undefined;
  /** How files are copied. */
  pool?: HashPoolOptions;
}

/**
 * Writes the files of a run below `to`, which stands for the root of its code. Each appears when it is whole and verified.
 * What cannot be had is said in the report, file by file. Throws UserError when the folder is not empty, or when the disk
 * takes no more; then nothing half is left either.
 */
export async function restoreRun(store: RestoreStore, id: string, options: RestoreOptions): Promise<RestoreReport> {
  const run = runOf(store, id);
  const to = path.resolve(options.to);
  assertEmpty(to);
  const found = await findCode(store, run.snapshot.code, options.signal);
  return await restoreInto(to, createRestoring(store, run, found, options));
}

/** Writes everything into a folder that is known to be fit for it. */
export async function restoreInto(to: string, restoring: Restoring): Promise<RestoreReport> {
  const writer = openFolder(to);
  try {
    return await restoring.write(writer);
  } catch (error) {
    throw explain(error, to);
  } finally {
    writer.close();
  }
}

/** Throws UserError when there is no such run. */
export function runOf(store: Pick<Store, "getRun">, id: string): Run {
  const run = store.getRun(id);
  if (!run) throw new UserError("This run is no longer there.");
  return run;
}

function openFolder(to: string) {
  try {
    return createFolderWriter(to);
  } catch (error) {
    throw explain(error, to);
  }
}

/** Throws UserError when something is there. */
export function assertEmpty(to: string): void {
  let names: string[];
  try {
    names = fs.readdirSync(to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    if (code === "ENOTDIR") throw new UserError(`${to} is a file. Name a folder that is empty or does not exist yet.`);
    throw explain(error, to);
  }
  if (names.length === 0) return;
  throw new UserError(
    `${to} is not empty, and a restore overwrites nothing. Name a folder that is empty or does not exist yet.`,
  );
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EROFS: "the disk is read-only",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  ENOTDIR: "a part of its path is a file",
};

function explain(error: unknown, to: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ""];
  if (reason === undefined) return error;
  return new UserError(
    `The run could not be restored to ${to}: ${reason}. What is there already is whole, file by file.`,
    {
      cause: error,
    },
  );
}

/** Removes objects that neither a run, nor a dataset, nor a run's code names. */
import { existsSync } from "node:fs";
import type { Store } from "../store/contract";
import { codeGitDirs } from "./code/gitDirs";
import { findPointers } from "./code/lfs";
import { listObjectFiles } from "./keptObjects";

export interface FreedObjects {
  objects: number;
  bytes: number;
  /** Bytes that are freed the next time, when runs that are running now have ended. */
  waiting: number;
}

/**
 * `expected`: whether an object was named by runs that were freed just now. Others may be files of Git LFS; while a repository
 * is not there (another disk), it cannot be told whether its code points to them, so they stay.
 */
export async function freeObjects(store: Store, expected: ReadonlySet<string>): Promise<FreedObjects> {
  const freeing = store.startFreeing();
  try {
    for await (const files of listObjectFiles(store.folder)) {
      freeing.throwAway(files.map(({ sha256 }) => sha256));
    }
    const trashed = freeing.trashed();
    const needed = trashed.length > 0 ? await neededByCode(store, expected) : () => false;
    const back = trashed.filter(needed);
    freeing.bringBack(back);
    return { objects: trashed.length - back.length, ...freeing.finish() };
  } catch (error) {
    freeing.abandon();
    throw error;
  }
}

/** Asked after the objects are out of sight: code that a recorder takes from now on does not count on them. */
export async function neededByCode(store: Store, expected: ReadonlySet<string>): Promise<(sha256: string) => boolean> {
  const pointers = await findPointers(codeGitDirs(store));
  const isWhole = pointers.isWhole && store.listCode().every(({ gitDir }) => existsSync(gitDir));
  return (sha256) => pointers.hashes.has(sha256) || (!isWhole && !expected.has(sha256));
}

/**
 * What nobody owns any more: folders of runs that are not in the database, temporary files of processes that were killed, bundles
 * of models that no deployment needs.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isRunId } from "../domain/runId";
import type { Store } from "../store/contract";
import { isLifeLockHeld } from "../store/lifeLock";
import { entries, lastChange, sizeOf } from "./sizes";

export interface Leftover {
  path: string;
  /** Bytes. */
  size: number;
}

/** A run's folder is made before its row; an import's too. */
const FOLDER_AGE_MS = 60 * 60 * 1000;
/** Files are copied, unpacked and hashed in the temporary folder, which may take hours. */
const TEMPORARY_AGE_MS = 24 * 60 * 60 * 1000;
/** Between the making of a bundle and its deployment are checks and tests; and it may be wanted again soon. */
const BUNDLE_AGE_MS = 24 * 60 * 60 * 1000;

export async function findLeftovers(store: Store, now = Date.now()): Promise<Leftover[]> {
  const paths = [
    ...(await orphanFolders(store, now)),
    ...(await staleTemporaries(store, now)),
    ...(await unusedBundles(store, now)),
  ];
  return await Promise.all(paths.map(async (path) => ({ path, size: await sizeOf(path) })));
}

/** Gives the bytes that this freed. */
export async function removeLeftovers(leftovers: readonly Leftover[]): Promise<number> {
  let bytes = 0;
  for (const { path, size } of leftovers) {
    await rm(path, { recursive: true, force: true });
    bytes += size;
  }
  return bytes;
}

/** Folders of runs that are not in the database, and not about to be. */
export async function orphanFolders(store: Store, now = Date.now(), age = FOLDER_AGE_MS): Promise<string[]> {
  const runs = join(store.folder, "runs");
  const ids = (await entries(runs)).map(({ name }) => name).filter(isRunId);
  const found: string[] = [];
  for (const id of store.unknownRuns(ids)) {
    const folder = join(runs, id);
    if (now - (await lastChange(folder)) > age && isLifeLockHeld(folder) !== true) found.push(folder);
  }
  return found;
}

/** Those that no deployment serves or could go back to; making one touches it. */
async function unusedBundles(store: Store, now: number): Promise<string[]> {
  const folder = join(store.folder, "bundles");
  const named = new Set(store.deployments.bundles());
  const paths = (await entries(folder)).filter(({ name }) => !named.has(name)).map(({ name }) => join(folder, name));
  const changes = await Promise.all(paths.map(lastChange));
  return paths.filter((_, index) => now - changes[index]! > BUNDLE_AGE_MS);
}

async function staleTemporaries(store: Store, now: number): Promise<string[]> {
  const folder = join(store.folder, "tmp");
  const paths = (await entries(folder)).map(({ name }) => join(folder, name));
  const changes = await Promise.all(paths.map(lastChange));
  return paths.filter((_, index) => now - changes[index]! > TEMPORARY_AGE_MS);
}

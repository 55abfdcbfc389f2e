/**
 * Objects on their way out: `trash/<epoch>/<sha256>`, from where each can be brought back by renaming it, until nobody can be
 * counting on it any more. See freeing.ts.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { objectPath } from "./objects";

const trashFolder = (folder: string) => join(folder, "trash");

/** The epochs that have something in the trash, in order. */
export function trashEpochs(folder: string): number[] {
  return list(trashFolder(folder))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Hashes of the objects that were thrown away in this epoch. */
export function trashedObjects(folder: string, epoch: number): string[] {
  return list(epochFolder(folder, epoch)).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** False when there is no such object. */
export function throwAway(folder: string, epoch: number, sha256: string): boolean {
  try {
    renameSync(objectPath(folder, sha256), join(epochFolder(folder, epoch), sha256));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (existsSync(epochFolder(folder, epoch))) return false;
    mkdirSync(epochFolder(folder, epoch), { recursive: true });
    return throwAway(folder, epoch, sha256);
  }
}

/** Puts the object back into its place, if it is in the trash and nowhere else. */
export function bringBack(folder: string, sha256: string): void {
  const path = objectPath(folder, sha256);
  for (const epoch of trashEpochs(folder)) {
    if (existsSync(path)) return;
    try {
      mkdirSync(dirname(path), { recursive: true });
      renameSync(join(epochFolder(folder, epoch), sha256), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

/** Deletes it for good; gives its bytes. */
export function destroy(folder: string, epoch: number, sha256: string): number {
  const file = join(epochFolder(folder, epoch), sha256);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // Windows does not remove what is read-only, as objects are.
  rmSync(file, { force: true });
  return size;
}

/** Bytes of what is in the trash of this epoch. */
export function trashSize(folder: string, epoch: number): number {
  const files = trashedObjects(folder, epoch).map((sha256) => join(epochFolder(folder, epoch), sha256));
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Removes the folder of an epoch when nothing is left in it. */
export function closeTrash(folder: string, epoch: number): void {
  try {
    rmdirSync(epochFolder(folder, epoch));
  } catch {
    // Something is left, or somebody else was quicker.
  }
}

function epochFolder(folder: string, epoch: number): string {
  return join(trashFolder(folder), String(epoch));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

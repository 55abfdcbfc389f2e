/** Frees what no snapshot needs any more in the repositories of the store itself. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { git } from "../../snapshot/git";
import type { Store } from "../../store/contract";
import { folderSize } from "../sizes";
import { OWN } from "./gitDirs";
import { at } from "./gitObjects";

/** A folder of git's with so many objects, one of 256, stands for some thousands that are not packed. */
const MANY_LOOSE = 20;

/**
 * Packs those of the store's repositories that need it, and removes what nothing in them keeps; gives the bytes that this
 * freed. A snapshot that is being taken has written or touched all that it needs within this hour: recorders are first made to
 * forget which files they had written before. Nothing is done, and 0 given, when a run is taking its code right now.
 * `hasGarbage`: refs were removed.
 */
export async function packOwnCode(store: Store, hasGarbage: boolean, signal?: AbortSignal): Promise<number> {
  const gitDirs = OWN.map((name) => path.join(store.folder, name)).filter(
    (gitDir) => existsSync(gitDir) && (hasGarbage || isLoose(gitDir)),
  );
  if (gitDirs.length === 0) return 0;
  const before = await sizeOf(gitDirs);
  if (!forgetWritten(store)) return 0;
  for (const gitDir of gitDirs) {
    await git(["gc", "--quiet", "--prune=1.hour.ago"], { ...at(gitDir), config: ["gc.cruftPacks=false"], signal });
  }
  return before - (await sizeOf(gitDirs));
}

function isLoose(gitDir: string): boolean {
  const folder = path.join(gitDir, "objects", "17");
  return existsSync(folder) && readdirSync(folder).length >= MANY_LOOSE;
}

function forgetWritten(store: Store): boolean {
  const done = store.whileNoCodeIsTaken(() => {
    const cache = path.join(store.folder, "cache");
    const files = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("code-")) : [];
    for (const name of files) rmSync(path.join(cache, name), { force: true });
    return true;
  });
  return done ?? false;
}

async function sizeOf(folders: readonly string[]): Promise<number> {
  const sizes = await Promise.all(folders.map(folderSize));
  return sizes.reduce((sum, size) => sum + size, 0);
}

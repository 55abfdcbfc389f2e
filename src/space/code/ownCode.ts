/** Frees what no snapshot needs any more in the repositories of the store itself. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { git } from "../../snapshot/git";
import type { Store } from "../../store/contract";
import { folderSize } from "../sizes";
import { OWN } from "./gitDirs";
import { at } from "./gitObjects";

/**
 * Packs the store's repositories and removes what nothing in them keeps; gives the bytes that this freed. A snapshot that is
 * being taken has written or touched all that it needs within this hour: recorders are first made to forget which files they
 * had written before. Nothing is done, and 0 given, when a run is taking its code right now.
 */
export async function packOwnCode(store: Store, signal?: AbortSignal): Promise<number> {
  const gitDirs = OWN.map((name) => path.join(store.folder, name)).filter((gitDir) => existsSync(gitDir));
  if (gitDirs.length === 0) return 0;
  const before = await sizeOf(gitDirs);
  const forgotten = store.whileNoCodeIsTaken(() => {
    const cache = path.join(store.folder, "cache");
    const files = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("code-")) : [];
    for (const name of files) rmSync(path.join(cache, name), { force: true });
    return true;
  });
  if (!forgotten) return 0;
  for (const gitDir of gitDirs) {
    await git(["gc", "--quiet", "--prune=1.hour.ago"], { ...at(gitDir), config: ["gc.cruftPacks=false"], signal });
  }
  return before - (await sizeOf(gitDirs));
}

async function sizeOf(folders: readonly string[]): Promise<number> {
  const sizes = await Promise.all(folders.map(folderSize));
  return sizes.reduce((sum, size) => sum + size, 0);
}

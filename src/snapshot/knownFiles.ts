/** Which of very many files are as they were when they were hashed before: one look at each, few at the store. */
import fs from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Store } from "../store/contract";
import { stampOf } from "./stamp";

export type HashCache = Pick<Store, "cachedHash" | "cachedHashesBelow">;

/**
 * Told of each file: its place in the list, what it is now (null when there is nothing of that name) and its hash (undefined
 * when it was not hashed before, or has changed since).
 */
export type KnownVisitor = (index: number, stats: FileLook | null, sha256: string | undefined) => void;

/** What one look at a file tells. `size` in bytes, `mtimeMs` in ms since the epoch. */
export type FileLook = Pick<fs.Stats, "size" | "mtimeMs">;

/** From so many files of one folder on, the store is asked for the folder and not for each. */
const BULK = 200;
/** Other work gets its turn after so many files: a few milliseconds. */
const SLICE = 2000;

/** Visits `files` (absolute paths) in any order, without what is there but no file; links are followed. */
export async function visitKnown(cache: HashCache, files: readonly string[], visit: KnownVisitor): Promise<void> {
  let looked = 0;
  for (const { folder, indexes } of groupByFolder(files)) {
    const below = indexes.length >= BULK ? cache.cachedHashesBelow(folder) : null;
    for (const index of indexes) {
      if (++looked % SLICE === 0) await setImmediate();
      const file = files[index]!;
      const stats = look(file);
      if (!stats) visit(index, null, undefined);
      else if (!stats.isFile()) continue;
      else visit(index, stats, below ? below(file, stats) : exactHash(cache, file));
    }
  }
}

function look(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch {
    // A folder above it is closed to us, or a link leads in circles.
    return undefined;
  }
}

/** A second look, to the nanosecond: single files are few. */
function exactHash(cache: HashCache, file: string): string | undefined {
  try {
    return cache.cachedHash(file, stampOf(fs.statSync(file, { bigint: true })));
  } catch {
    // It went away between the two: who hashes it will find out.
    return undefined;
  }
}

interface Group {
  folder: string;
  /** Of the files in the list. */
  indexes: number[];
}

/** Each file under the deepest folder above it that has at least `BULK` of the files below it, else under its own folder. */
function groupByFolder(files: readonly string[]): Group[] {
  const direct = new Map<string, number[]>();
  files.forEach((file, index) => {
    const folder = file.slice(0, file.lastIndexOf(path.sep)) || path.sep;
    const indexes = direct.get(folder);
    if (indexes) indexes.push(index);
    else direct.set(folder, [index]);
  });
  const counts = new Map<string, number>();
  for (const [folder, indexes] of direct) {
    for (const above of withParents(folder)) counts.set(above, (counts.get(above) ?? 0) + indexes.length);
  }
  const groups = new Map<string, Group>();
  for (const [folder, indexes] of direct) {
    const shared = withParents(folder).find((above) => counts.get(above)! >= BULK) ?? folder;
    const group = groups.get(shared);
    if (!group) groups.set(shared, { folder: shared, indexes });
    else group.indexes = group.indexes.concat(indexes);
  }
  return [...groups.values()];
}

function withParents(folder: string): string[] {
  const folders = [folder];
  for (let above = path.dirname(folder); above !== folders.at(-1); above = path.dirname(above)) folders.push(above);
  return folders;
}

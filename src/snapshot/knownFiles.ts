/** Which of very many files are as they were when they were hashed before: one look at each, few at the store. */
import fs from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { FileStamp, Store } from "../store/contract";
import { stampText } from "../store/hashes";
import { stampOf } from "./hashTask";

export type HashCache = Pick<Store, "cachedHash" | "cachedHashesBelow">;

export interface KnownFile {
  path: string;
  /** Null when there is nothing of that name. */
  stamp: FileStamp | null;
  /** Undefined: not hashed before, or changed since. */
  sha256: string | undefined;
}

/** From so many files of one folder on, the store is asked for the folder and not for each. */
const BULK = 200;
/** Other work gets its turn after so many files: a few milliseconds. */
const SLICE = 2000;

/** Stamps and known hashes of `files` (absolute paths), without what is there but no file; links are followed. */
export async function findKnown(cache: HashCache, files: readonly string[]): Promise<KnownFile[]> {
  const known: KnownFile[] = [];
  let looked = 0;
  for (const { folder, files: some } of groupByFolder(files)) {
    const below = some.length >= BULK ? cache.cachedHashesBelow(folder) : null;
    for (const file of some) {
      if (++looked % SLICE === 0) await setImmediate();
      const stats = look(file);
      if (!stats) known.push({ path: file, stamp: null, sha256: undefined });
      else if (stats.isFile()) known.push(recall(cache, below, file, stampOf(stats)));
    }
  }
  return known;
}

function recall(
  cache: HashCache,
  below: ReturnType<HashCache["cachedHashesBelow"]> | null,
  file: string,
  stamp: FileStamp,
): KnownFile {
  if (!below) return { path: file, stamp, sha256: cache.cachedHash(file, stamp) };
  const found = below.get(file);
  return { path: file, stamp, sha256: found?.stamp === stampText(stamp) ? found.sha256 : undefined };
}

function look(file: string): fs.BigIntStats | undefined {
  try {
    return fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  } catch {
    // A folder above it is closed to us, or a link leads in circles.
    return undefined;
  }
}

interface Group {
  folder: string;
  files: string[];
}

/** Each file under the deepest folder above it that has at least `BULK` of the files below it, else under its own folder. */
function groupByFolder(files: readonly string[]): Group[] {
  const direct = new Map<string, string[]>();
  for (const file of files) {
    const folder = path.dirname(file);
    const some = direct.get(folder);
    if (some) some.push(file);
    else direct.set(folder, [file]);
  }
  const counts = new Map<string, number>();
  for (const [folder, some] of direct) {
    for (const above of withParents(folder)) counts.set(above, (counts.get(above) ?? 0) + some.length);
  }
  const groups = new Map<string, Group>();
  for (const [folder, some] of direct) {
    const shared = withParents(folder).find((above) => counts.get(above)! >= BULK) ?? folder;
    const group = groups.get(shared);
    if (group) group.files.push(...some);
    else groups.set(shared, { folder: shared, files: [...some] });
  }
  return [...groups.values()];
}

function withParents(folder: string): string[] {
  const folders = [folder];
  for (let above = path.dirname(folder); above !== folders.at(-1); above = path.dirname(above)) folders.push(above);
  return folders;
}

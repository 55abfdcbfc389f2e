/** Where the bytes of a file may still be had, when only its hash is known. */

import fs from "node:fs";
import path from "node:path";
import type { Store } from "../../store/contract";
import { objectPath } from "../../store/objects";
import { stampOf } from "../stamp";
import type { Source } from "./copies";

export interface SourceOptions {
  store: Pick<Store, "root" | "folder"> & Partial<Pick<Store, "cachedHash">>;
  /** The repository whose Git LFS may have contents; null when there is none. */
  gitDir: string | null;
}

/** `original`: where the run had the file, absolute; null when that is not known. */
export function sourcesOf(sha256: string, original: string | null, { store, gitDir }: SourceOptions): Source[] {
  const sources: Source[] = [{ file: objectPath(store.folder, sha256), kind: "kept" }];
  if (gitDir !== null) sources.push({ file: lfsPath(gitDir, sha256), kind: "kept" });
  if (original !== null) {
    sources.push({ file: original, kind: "original", mayBe: () => mayBe(original, sha256, store) });
  }
  return sources;
}

/** Where Git LFS keeps the content, in the git directory that all work trees share. */
const lfsPath = (gitDir: string, sha256: string) =>
  path.join(gitDir, "lfs", "objects", sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** By what is remembered of the file as it is now. */
function mayBe(file: string, sha256: string, store: SourceOptions["store"]): boolean {
  if (!store.cachedHash) return true;
  try {
    const known = store.cachedHash(file, stampOf(fs.statSync(file, { bigint: true })));
    return known === undefined || known === sha256;
  } catch {
    return false;
  }
}

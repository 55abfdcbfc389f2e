/** Where the bytes of a file may still be had, when only its hash is known. */

import fs from "node:fs";
import path from "node:path";
import type { Store } from "../../store/contract";
import { objectPath } from "../../store/objects";
import { stampOf } from "../stamp";
import type { Source } from "./copies";

export interface SourceOptions {
  store: Pick<Store, "root" | "folder"> & Partial<Pick<Store, "cachedHash">>;
  /** Reads even what nobody has touched since it was verified. */
  verify: boolean;
  /** The repository whose Git LFS may have contents; null when there is none. */
  gitDir: string | null;
}

/** `original`: where the run had the file, absolute; null when that is not known. */
export function sourcesOf(sha256: string, original: string | null, { store, gitDir, verify }: SourceOptions): Source[] {
  const object = objectPath(store.folder, sha256);
  const isKnown = () => !verify && knownHash(object, store) === sha256;
  const sources: Source[] = [{ file: object, kind: "kept", isKnown }];
  if (gitDir !== null) sources.push({ file: lfsPath(gitDir, sha256), kind: "kept" });
  if (original !== null) {
    const mayBe = () => (knownHash(original, store) ?? sha256) === sha256;
    sources.push({ file: original, kind: "original", mayBe });
  }
  return sources;
}

/** Where Git LFS keeps the content, in the git directory that all work trees share. */
const lfsPath = (gitDir: string, sha256: string) =>
  path.join(gitDir, "lfs", "objects", sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** What is remembered of the file as it is now. */
function knownHash(file: string, store: SourceOptions["store"]): string | undefined {
  try {
    return store.cachedHash?.(file, stampOf(fs.statSync(file, { bigint: true })));
  } catch {
    return undefined;
  }
}

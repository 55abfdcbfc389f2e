/** How much of a dataset's version the store has the bytes of. */
import { hasObject, listObjects } from "../store/objects";
import { readManifest } from "./manifest";

export interface KeptFiles {
  files: number;
  /** Bytes. */
  size: number;
}

/** Of more files than this the objects are listed instead of asked for one by one. */
const FEW = 5_000;

/** Looks at versions of one store, one after the other; what is listed is listed once. */
export function createKeptCounter(folder: string): (version: string, files: number) => Promise<KeptFiles> {
  let listed: Set<string> | undefined;
  return async (version, files) => {
    if (files > FEW) listed ??= listObjects(folder);
    const kept: KeptFiles = { files: 0, size: 0 };
    for await (const { sha256, size } of readManifest(folder, version)) {
      if (!(listed ? listed.has(sha256) : hasObject(folder, sha256))) continue;
      kept.files++;
      kept.size += size;
    }
    return kept;
  };
}

import { statSync } from "node:fs";
import path from "node:path";
import type { DatasetFile } from "../domain/datasetComparison";
import type { Store } from "../store/contract";
import { hashFile, hasObject, objectPath } from "../store/objects";
import { stampOf } from "./stamp";

/**
 * Where the bytes of a file can be read: what the store keeps, else the file itself as long as it has the same content.
 * Null: nowhere.
 */
export async function findContent(
  store: Pick<Store, "root" | "folder" | "cachedHash">,
  { path: name, sha256, size }: DatasetFile,
): Promise<string | null> {
  if (hasObject(store.folder, sha256)) return objectPath(store.folder, sha256);
  const file = path.resolve(store.root, name);
  try {
    const stats = statSync(file, { bigint: true });
    if (!stats.isFile() || stats.size !== BigInt(size)) return null;
    const hash = store.cachedHash(file, stampOf(stats)) ?? (await hashFile(file)).sha256;
    return hash === sha256 ? file : null;
  } catch {
    return null;
  }
}

/** Files that a run may have read and that its own list of data does not name: they are in the versions of datasets alone. */
import type { DatasetFile } from "../domain/datasetComparison";
import { UserError } from "../domain/errors";
import type { Run, RunDataset } from "../domain/run";
import { readManifest } from "./manifest";

/** Of a declared dataset with more files, the list names only those that were opened. */
export const LISTED_FILES = 2_000;

export interface UnlistedFiles {
  files: DatasetFile[];
  /** Datasets whose list of files cannot be read, with what is wrong. */
  unknown: { name: string; message: string }[];
}

/** `folder`: the store's. */
export async function unlistedFiles(
  folder: string,
  { snapshot, gaps }: Pick<Run, "snapshot" | "gaps">,
): Promise<UnlistedFiles> {
  const counted = gaps.flatMap(({ kind, path }) => (kind === "unlisted" && path !== undefined ? [path] : []));
  const wanted = snapshot.datasets.filter((dataset) => dataset.role === "read" && isPartlyListed(dataset, counted));
  const found: UnlistedFiles = { files: [], unknown: [] };
  if (wanted.length === 0) return found;
  const named = new Set([...snapshot.data, ...snapshot.config].map((file) => file.path));
  for (const { name, version } of wanted) {
    try {
      for await (const file of readManifest(folder, version)) {
        if (named.has(file.path)) continue;
        named.add(file.path);
        found.files.push(file);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.unknown.push({ name, message: error.message });
    }
  }
  return found;
}

/** `counted`: folders of which more files were read than could be told one by one. */
function isPartlyListed({ name, files }: RunDataset, counted: readonly string[]): boolean {
  const folder = name.replace(/\/$/, "");
  return files > LISTED_FILES || counted.some((one) => one === folder || one.startsWith(`${folder}/`));
}

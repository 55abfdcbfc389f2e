/** What the Data view reads: versions of datasets, their files, and the runs that used them. */
import { compareDatasets } from "../../compare/datasets";
import type { DatasetComparison, DatasetFile } from "../../domain/datasetComparison";
import { readManifest } from "../../snapshot/manifest";
import type { PageOptions, RunPage, Store } from "../../store/contract";

/** Runs, newest first; one that read and wrote the dataset stands there once. */
export function runsOfDataset(store: Store, name: string, version: string, page: PageOptions): RunPage {
  const { uses, next, total } = store.runsOfDataset(name, version, page);
  const ids = [...new Set(uses.map(({ run }) => run))];
  const summaries = new Map(store.getSummaries(ids).map((run) => [run.id, run]));
  return { runs: ids.flatMap((id) => summaries.get(id) ?? []), next, total: total - (uses.length - ids.length) };
}

/** The first files of a version, in the order of their paths. */
export async function datasetFiles({ folder }: Store, version: string, limit: number): Promise<DatasetFile[]> {
  const files: DatasetFile[] = [];
  for await (const file of readManifest(folder, version)) {
    if (files.length >= limit) break;
    files.push(file);
  }
  return files;
}

export function versionDifferences(
  { folder }: Pick<Store, "folder">,
  before: string,
  after: string,
  options: { limit: number; signal: AbortSignal },
): Promise<DatasetComparison> {
  const side = (version: string) => ({ version, files: readManifest(folder, version) });
  return compareDatasets(side(before), side(after), options);
}

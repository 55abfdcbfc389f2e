/** Files that only the versions of datasets name: there may be too many for each run to list them. */
import { UserError } from "../../domain/errors";
import { readManifest } from "../../snapshot/manifest";
import type { Store } from "../../store/contract";

export interface ListedFile {
  sha256: string;
  path: string;
  size: number;
  /** Runs that used the version. */
  runs: string[];
}

/** The files of all versions that fit; a list that cannot be read is left out. */
export async function* findListed(
  store: Store,
  isWanted: (sha256: string, size: number) => boolean,
): AsyncGenerator<ListedFile> {
  for (const { name } of store.listDatasets()) {
    for (let cursor: string | undefined; ; ) {
      const page = store.listDatasetVersions(name, { limit: 1_000, cursor });
      for (const { version } of page.versions) yield* findInVersion(store, name, version, isWanted);
      if (page.next === null) break;
      cursor = page.next;
    }
  }
}

async function* findInVersion(
  store: Store,
  name: string,
  version: string,
  isWanted: (sha256: string, size: number) => boolean,
): AsyncGenerator<ListedFile> {
  let runs: string[] | undefined;
  try {
    for await (const { sha256, size, path } of readManifest(store.folder, version)) {
      if (!isWanted(sha256, size)) continue;
      runs ??= store.runsOfDataset(name, version, { limit: 10_000 }).uses.map(({ run }) => run);
      yield { sha256, path, size, runs: [...new Set(runs)] };
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** What each job does. It has a store of its own, which is closed when the job is done. */
import { compareRuns, WORKSPACE } from "../../../compare/runs";
import type { Handlers } from "../../../protocol/channel";
import { createComparisonReaders } from "../../../snapshot/comparisonReaders";
import type { Store } from "../../../store/contract";
import { openStore } from "../../../store/open";
import type { JobApi, JobProgress } from "./api";

export function jobHandlers(_report: (progress: JobProgress) => void): Handlers<JobApi> {
  return {
    compareRuns: ({ root, ids, workspace, all }, signal) =>
      // A look at the workspace's files remembers their hashes.
      withStore(root, !workspace, async (store) => {
        const readers = createComparisonReaders(store, { signal });
        try {
          return await compareRuns(store, workspace ? [...ids, WORKSPACE] : ids, readers, { all, signal });
        } finally {
          await readers.close();
        }
      }),
  };
}

async function withStore<T>(root: string, readOnly: boolean, action: (store: Store) => Promise<T> | T): Promise<T> {
  const store = openStore(root, { create: false, readOnly });
  try {
    return await action(store);
  } finally {
    store.close();
  }
}

/** Where a version came from. */
import type { Run } from "../domain/run";
import type { Store } from "../store/contract";
import type { ModelVersion } from "../store/registry/contract";

export interface VersionLineage {
  /** The run that made it; null when it is not known here (any more). */
  run: Run | null;
  /** Versions that were there and whose model that run read, or that it said it began with: what this one was made from. */
  parents: Pick<ModelVersion, "model" | "version">[];
}

export function versionLineage(store: Store, version: ModelVersion): VersionLineage {
  const run = version.run === null ? null : store.getRun(version.run);
  if (!run) return { run: null, parents: [] };
  const read = run.snapshot.data.filter(({ role }) => role === "read");
  const files = read.flatMap(({ sha256 }) => sha256 ?? []);
  const [tracked] = store.tracking.runs([run.id], { metrics: false });
  const named = tracked?.modelInputs ?? [];
  // What was there before the run: equal bytes that came later, or of the run itself, are nothing that it began with.
  const isEarlier = ({ loggedModel, created }: ModelVersion) =>
    created <= run.startTime || (loggedModel !== null && named.includes(loggedModel));
  const parents = store.registry
    .versionsLike({ loggedModels: named, files })
    .filter((found) => found.run !== run.id && isEarlier(found))
    .map(({ model, version: number }) => ({ model, version: number }));
  return { run, parents };
}

/** Versions that clients of MLflow's made name a place where files are. Before that goes with its run, they are kept. */
import { UserError } from "../domain/errors";
import type { Store } from "../store/contract";
import type { ModelVersion } from "../store/registry/contract";
import { type Candidate, modelsOfRun } from "./candidates";
import { keepBytes } from "./register";

/** Keeps the files of the run's versions that have none of their own yet, as far as they are still there. */
export async function keepFilesOfRun(store: Store, id: string): Promise<void> {
  const { registry } = store;
  const without = registry
    .versionsOfRun(id)
    .filter(({ model, version }) => registry.files(model, version).length === 0);
  const run = without.length > 0 ? store.getRun(id) : null;
  if (!run) return;
  const candidates = await modelsOfRun(store, run);
  for (const version of without) {
    const found = candidates.find((candidate) => isOf(version, candidate));
    if (!found) continue;
    const release = store.holdObjects();
    try {
      registry.keepFiles(version.model, version.version, await keepBytes(store, run, found));
    } catch (error) {
      // They are gone already: nothing is lost that was there.
      if (!(error instanceof UserError)) throw error;
    } finally {
      release();
    }
  }
}

function isOf({ loggedModel, location, run }: ModelVersion, candidate: Candidate): boolean {
  if (loggedModel !== null) return loggedModel === candidate.loggedModel;
  const path = location.replace(/\/+$/, "");
  return path === `runs:/${run}/${candidate.path}` || path.endsWith(`/${run}/artifacts/${candidate.path}`);
}

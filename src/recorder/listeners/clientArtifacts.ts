/**
 * Artifacts that MLflow's clients copied into the folders of the run and of the runs below it. They stay there, for clients
 * that load them again, and their contents are kept in the store like those of any artifact.
 */
import { readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Artifact, Gap } from "../../domain/run";
import { displayPath } from "../../ingest/spoolPath";
import type { DataHasher } from "../../snapshot/data";
import type { IngestBatch, Store } from "../../store/contract";
import type { Listener } from "../listener";

/** More runs below one than these keep their artifacts in their folders only. */
const MAX_RUNS = 1_000;

export function createClientArtifacts(store: Store, id: string, hasher: DataHasher): Listener {
  let found: IngestBatch = {};
  return {
    hear() {},
    take() {
      const taken = found;
      found = {};
      return taken;
    },
    async finish() {
      found = await collect(store, id, hasher);
      for (const below of runsBelow(store, id)) {
        const batch = await collect(store, below, hasher);
        if (batch.artifacts?.length || batch.gaps?.length) store.ingest(below, batch);
      }
    },
  };
}

/** What is in the run's own folder of artifacts; a file that cannot be read is a gap. */
async function collect(store: Store, id: string, hasher: DataHasher): Promise<IngestBatch> {
  const folder = join(store.runFolder(id), "artifacts");
  const paths = filesBelow(folder);
  if (paths.length === 0) return {};
  const { files, gaps } = await hasher.hash(paths.map((path) => ({ path })));
  const nameOf = (path: string) => displayPath(relative(folder, path).split(sep).join("/"));
  const artifacts = files.flatMap(({ path, sha256, size }): Artifact[] =>
    sha256 === null ? [] : [{ path: nameOf(path), sha256, size }],
  );
  return { artifacts, gaps: gaps as Gap[] };
}

/** Plain files; nothing behind links, which may lead anywhere. */
function filesBelow(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Children, and theirs. */
function runsBelow(store: Store, id: string): string[] {
  const found: string[] = [];
  for (const parents = [id]; parents.length > 0; ) {
    const { runs } = store.listRuns({ parent: parents.pop(), limit: MAX_RUNS });
    const owned = runs.filter((run) => found.length < MAX_RUNS && store.tracking.run(run.id)?.owned);
    for (const run of owned) {
      found.push(run.id);
      parents.push(run.id);
    }
  }
  return found;
}

/**
 * Artifacts that MLflow's clients copied into the folders of the run, of its models, and of the runs below it. They stay there, for clients
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

/** What is in the folders of the run and of the models that it logged; a file that cannot be read is a gap. */
async function collect(store: Store, id: string, hasher: DataHasher): Promise<IngestBatch> {
  const names = new Map<string, string>();
  for (const { folder, prefix } of foldersOf(store, id)) {
    for (const path of filesBelow(folder)) names.set(path, prefix + relative(folder, path).split(sep).join("/"));
  }
  if (names.size === 0) return {};
  const { files, gaps } = await hasher.hash(Array.from(names.keys(), (path) => ({ path })));
  const artifacts = files.flatMap(({ path, sha256, size }): Artifact[] =>
    sha256 === null ? [] : [{ path: displayPath(names.get(path)!), sha256, size }],
  );
  return { artifacts, gaps: gaps as Gap[] };
}

interface ArtifactFolder {
  folder: string;
  /** What its files are called by before their own path. */
  prefix: string;
}

/** MLflow 3 puts a model beside the run that logged it; it is shown by its name, where MLflow 2 had it. */
function foldersOf(store: Store, id: string): ArtifactFolder[] {
  const own = join(store.runFolder(id), "artifacts");
  const [run] = store.tracking.runs([id], { metrics: false });
  const ids = [...new Set(run?.modelOutputs.map(({ model }) => model))];
  const models = ids.flatMap((model) => store.loggedModels.get(model) ?? []);
  const taken = new Set(isFolder(own) ? readdirSync(own) : []);
  const folders = models
    .filter(({ artifactLocation }) => artifactLocation === null)
    .map(({ id: model, name }) => {
      const shown = taken.has(name) ? model : name;
      taken.add(shown);
      return { folder: join(store.folder, "models", model, "artifacts"), prefix: `${shown}/` };
    });
  return [{ folder: own, prefix: "" }, ...folders];
}

/** Plain files; nothing behind links, which may lead anywhere. */
function filesBelow(folder: string): string[] {
  if (!isFolder(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
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

/** Which files of the project a job gets besides its code: what is declared, tracked by DVC, or was read by earlier runs. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { ProjectFile } from "../../domain/projectFile";
import type { CodePlace } from "../../snapshot/codeReader";
import { declaredDatasets } from "../../snapshot/declaredDatasets";
import { filePatterns, listBelow } from "../../snapshot/filePatterns";
import { unlistedFiles } from "../../snapshot/unlistedFiles";
import { usesDvc } from "../../snapshot/usesDvc";
import type { Store } from "../../store/contract";

export interface DataSources {
  store: Pick<Store, "root" | "folder" | "listRuns" | "getRun">;
  project: ProjectFile;
  /** The run's script; null: earlier runs say nothing. */
  script: string | null;
  /** Globs that the target asks for, relative to the project. */
  globs: readonly string[];
  /** The code, and the names of all of its files. */
  code: { place: Pick<CodePlace, "root">; files: readonly string[] };
}

/** What the last runs of a script have read is what the next one is likely to. */
const EARLIER_RUNS = 5;

/** Absolute paths, each once; those of files that are gone, or outside of the project, may be among them. */
export async function dataToSend(sources: DataSources): Promise<Set<string>> {
  const { store, project, globs } = sources;
  const lists = await Promise.all([
    ...declaredDatasets(store.root, project).map(async ({ list }) => (await list()).files),
    globs.length > 0 ? filePatterns(store.root, globs).list() : [],
    readEarlier(sources),
    trackedByDvc(sources),
  ]);
  return new Set(lists.flat());
}

async function readEarlier({ store, script }: DataSources): Promise<string[]> {
  if (script === null) return [];
  const { runs } = store.listRuns({ script, limit: EARLIER_RUNS });
  const names: string[] = [];
  for (const { id } of runs) {
    const run = store.getRun(id);
    if (!run) continue;
    const { data, config } = run.snapshot;
    const unlisted = await unlistedFiles(store.folder, run);
    names.push(
      ...[...data.filter(({ role }) => role === "read"), ...config, ...unlisted.files].map((file) => file.path),
    );
  }
  return names.map((name) => path.resolve(store.root, name));
}

async function trackedByDvc({ store, code }: DataSources): Promise<string[]> {
  const codeRoot = code.place.root;
  if (codeRoot === null || !usesDvc(store.root, codeRoot)) return [];
  const { isDvcFile, readDvcOutputs } = await import("../../snapshot/dvc");
  const outputs = await readDvcOutputs(code.files.filter(isDvcFile).map((file) => path.join(codeRoot, file)));
  const present = outputs.filter((output) => existsSync(output.path));
  return (await Promise.all(present.map((output) => listBelow(output.path)))).flat();
}

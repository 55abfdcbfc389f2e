/** Once all of a run was heard: the hash over its inputs, by which it is known to repeat an earlier one. */
import type { DataFile, Run, RunDataset } from "../domain/run";
import { type InputsRun, inputsOf } from "../snapshot/inputs";
import type { IngestBatch, Store } from "../store/contract";
import type { FileFacts } from "./listeners/files";

export interface RunFacts extends FileFacts {
  /** The project's folder. */
  root: string;
  /** Where the code was, when that is not what the snapshot says. */
  codeRoot?: string;
}

/** `last`: what is not stored yet. Never throws: a run whose inputs cannot be known repeats none. */
export async function noteInputs(store: Store, id: string, last: IngestBatch, facts: RunFacts): Promise<void> {
  const { complete, ...rest } = facts;
  if (!complete) return;
  try {
    const run = withLast(store.getRun(id)!, last);
    const own = run.snapshot.data.filter(({ role }) => role === "write").map(({ path }) => path);
    const written = new Set([...store.writtenPaths(), ...own]);
    const inputs = await inputsOf(run, { ...rest, written });
    if (inputs !== null) store.setInputs(id, inputs);
  } catch {
    // The code has gone, or the disk is full: what matters of it is said when the run is ended.
  }
}

function withLast({ command, cwd, gaps, snapshot }: Run, last: IngestBatch): InputsRun {
  const { data = [], config = [], datasets = [], environment = snapshot.environment } = last;
  return {
    command,
    cwd,
    gaps: [...gaps, ...(last.gaps ?? [])],
    snapshot: {
      ...snapshot,
      data: latest([...snapshot.data, ...data]),
      config: [...snapshot.config, ...config],
      datasets: latestDatasets([...snapshot.datasets, ...datasets]),
      environment,
    },
  };
}

function latestDatasets(datasets: readonly RunDataset[]): RunDataset[] {
  return [...new Map(datasets.map((dataset) => [`${dataset.role} ${dataset.name}`, dataset])).values()];
}

/** Each file once for each role, as it was told last. */
function latest(files: readonly DataFile[]): DataFile[] {
  return [...new Map(files.map((file) => [`${file.role} ${file.path}`, file])).values()];
}

/** Once all of a run was heard: the hash over its inputs, by which it is known to repeat an earlier one. */
import type { DataFile } from "../domain/run";
import { inputsOf } from "../snapshot/inputs";
import type { IngestBatch, Store } from "../store/contract";
import type { FileFacts } from "./listeners/files";

/**
 * `last`: what is not stored yet. `codeRoot`: where the code was, when that is not what the snapshot says. Never throws: a
 * run whose inputs cannot be known repeats none.
 */
export async function noteInputs(
  store: Store,
  id: string,
  last: IngestBatch,
  facts: FileFacts,
  codeRoot?: string,
): Promise<void> {
  if (!facts.complete) return;
  const { command, cwd, snapshot, gaps } = store.getRun(id)!;
  const data = latest([...snapshot.data, ...(last.data ?? [])]);
  const own = data.filter(({ role }) => role === "write").map(({ path }) => path);
  const run = {
    command,
    cwd,
    gaps: [...gaps, ...(last.gaps ?? [])],
    snapshot: {
      ...snapshot,
      data,
      config: [...snapshot.config, ...(last.config ?? [])],
      environment: last.environment ?? snapshot.environment,
    },
  };
  const { used, unhashed } = facts;
  const written = new Set([...store.writtenPaths(), ...own]);
  const inputs = await inputsOf(run, { root: store.root, codeRoot, written, used, unhashed }).catch(() => null);
  if (inputs !== null) store.setInputs(id, inputs);
}

/** Each file once for each role, as it was told last. */
function latest(files: readonly DataFile[]): DataFile[] {
  return [...new Map(files.map((file) => [`${file.role} ${file.path}`, file])).values()];
}

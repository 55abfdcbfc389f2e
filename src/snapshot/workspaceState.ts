/** The code and the environment as they are now, to be compared with a run's. */
import path from "node:path";
import type { CodeVersion, Environment, Gap } from "../domain/run";
import type { RunHead, Store } from "../store/contract";
import { snapshotCode } from "./code";
import { readEnvironment } from "./environment";
import { findProgram } from "./findProgram";
import { askPython } from "./pythonNow";

export interface WorkspaceOptions {
  /** The variables that a command started now would get; without them, variables are taken to be the run's. */
  env?: NodeJS.ProcessEnv;
  /** The Python that is chosen now. Default: the one that the run's command finds on PATH, else the one that ran it. */
  python?: string;
  signal?: AbortSignal;
}

export async function readWorkspace(
  store: Pick<Store, "root" | "folder">,
  beside: RunHead,
  options: WorkspaceOptions = {},
): Promise<{ code: CodeVersion; environment: Environment | null; gaps: Gap[] }> {
  const { signal } = options;
  // Equal states of the code share one commit, so that looking often keeps no more.
  const { code, gaps } = await snapshotCode(store.root, store.folder, { signal });
  signal?.throwIfAborted();
  const found = await environmentNow(store, beside, options);
  return { code, environment: found.environment, gaps: [...gaps, ...found.gaps] };
}

async function environmentNow(
  { root, folder }: Pick<Store, "root" | "folder">,
  beside: RunHead,
  options: WorkspaceOptions,
): Promise<{ environment: Environment | null; gaps: Gap[] }> {
  const before = beside.snapshot.environment;
  if (!before) return { environment: null, gaps: [] };
  const { env = process.env, signal } = options;
  const executable = options.python ?? pythonOf(beside.command, env) ?? before.executable;
  try {
    const interpreter = before.python && executable ? await askPython(executable, env, signal) : null;
    const found = await readEnvironment({ interpreter, modules: [], env, root, storeFolder: folder });
    const variables = options.env ? found.environment.variables : before.variables;
    return { gaps: found.gaps, environment: { ...found.environment, imported: before.imported, variables } };
  } catch (error) {
    signal?.throwIfAborted();
    const message = `The Python of ${beside.name}, ${executable}, does not answer, so the present environment is not known: ${firstLine(error)}`;
    return { environment: null, gaps: [{ kind: "environment", path: executable!, message }] };
  }
}

/** What `python train.py` starts now; undefined when the command names no Python. */
function pythonOf([program = ""]: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  if (!/^(?:python|pypy)[\d.]*(?:\.exe)?$/i.test(path.basename(program))) return undefined;
  if (path.isAbsolute(program)) return program;
  return /[\\/]/.test(program) ? undefined : findProgram(program.replace(/\.exe$/i, ""), env);
}

const firstLine = (error: unknown) => String((error as Error).message).split("\n")[0];

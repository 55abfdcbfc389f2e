/** A Python of this machine that is like the one a model was made with. */
import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { Environment } from "../../domain/run";
import { lockOf } from "../../reproduce/lock";
import { cleanEnvironment, makeVenv } from "../../reproduce/venv";
import type { Interpreter } from "../../snapshot/environment";
import { findProgram } from "../../snapshot/findProgram";
import { askPython } from "../../snapshot/pythonNow";
import type { Store } from "../../store/contract";

export interface FindOptions {
  env: NodeJS.ProcessEnv;
  onStep(detail: string): void;
  signal: AbortSignal;
}

/**
 * That of the run, when it is still here and of the same version; else the project's, when that is; else an environment made
 * from what the run recorded. Throws UserError when there is none.
 */
export async function findPython(
  store: Store,
  recorded: Environment | null,
  { env, onStep, signal }: FindOptions,
): Promise<Interpreter> {
  for await (const found of pythonsHere(store, recorded?.executable ?? null, { env, signal })) {
    if (recorded?.python == null || minorOf(found.version) === minorOf(recorded.python)) return found;
  }
  if (!recorded?.python) {
    throw new UserError(
      "No Python was found to read the model with. Name one with --python, or make an environment in .venv.",
    );
  }
  onStep(`Python ${minorOf(recorded.python)}, which made the model, is not here: making its environment`);
  const lock = lockOf(recorded, []);
  const python = await makeVenv(lock, { storeFolder: store.folder, recorded: null, env, onProgress: onStep, signal });
  return await askPython(python, cleanEnvironment(env), signal);
}

/** "3.11" of "3.11.7". */
export const minorOf = (version: string): string => version.split(".").slice(0, 2).join(".");

/** Those that could be meant, the likeliest first; each that can be started, once. */
export async function* pythonsHere(
  store: Pick<Store, "root">,
  recorded: string | null,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): AsyncGenerator<Interpreter> {
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  const candidates = [
    recorded,
    ...[".venv", "venv"].map((folder) => path.join(store.root, folder, ...inside)),
    ...["python3", "python"].map((name) => findProgram(name, env)),
  ];
  const seen = new Set<string>();
  for (const candidate of candidates) {
    if (!candidate || seen.has(candidate) || !existsSync(candidate)) continue;
    seen.add(candidate);
    const found = await askPython(candidate, cleanEnvironment(env), signal).catch(() => null);
    signal.throwIfAborted();
    if (found) yield found;
  }
}

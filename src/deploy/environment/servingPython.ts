/** The Python that serves a bundle on this machine. */

import path from "node:path";
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import type { Lock } from "../../reproduce/lock";
import { cleanEnvironment, makeVenv } from "../../reproduce/venv";
import type { Interpreter } from "../../snapshot/environment";
import { readDistributions } from "../../snapshot/packages";
import type { Store } from "../../store/contract";
import { normalName, SERVE_NAMES } from "../bundle/servePackages";
import type { ReadyBundle } from "../contract";
import { minorOf, pythonsHere } from "./findPython";
import { lockKey } from "./lockKey";
import { servePackages } from "./servePackagesHere";

export interface ServingPython {
  /** The interpreter: a path. */
  python: string;
  /** Variables that it needs besides its own process's. The bundle's folder is not on PYTHONPATH yet. */
  env: Record<string, string>;
}

export interface ServingOptions extends Pick<DeploymentSettings, "environment"> {
  env: NodeJS.ProcessEnv;
  /** What is being done, in a sentence: making an environment takes a while. */
  onStep?(detail: string): void;
  signal: AbortSignal;
}

/**
 * `project` (the default): the Python of the run, else the project's, when it has just the packages that the bundle pins; what
 * the serving app needs besides is put beside it, in a folder of ours. `own`, and where there is no such Python: an environment
 * made from the bundle's list, kept for the next time. Throws UserError when neither can be had.
 */
export async function servingPython(
  store: Pick<Store, "root" | "folder" | "getRunHead">,
  { manifest }: Pick<ReadyBundle, "manifest">,
  options: ServingOptions,
): Promise<ServingPython> {
  const { env, signal, onStep = () => {} } = options;
  const cacheFolder = path.join(store.folder, "cache");
  const recorded = manifest.run === null ? null : (store.getRunHead(manifest.run)?.snapshot.environment ?? null);
  const wanted = pinned(manifest.requirements);
  const others: Interpreter[] = [];
  let difference: string | null = null;
  for await (const found of pythonsHere(store, recorded?.executable ?? null, { env, signal })) {
    if (minorOf(found.version) !== manifest.python) continue;
    others.push(found);
    if (options.environment === "own") continue;
    const distributions = await readDistributions(found.path, cacheFolder);
    const installed = new Map(distributions.map(({ name, version }) => [normalName(name), version]));
    const differs = differenceOf(wanted, installed);
    difference ??= differs && `${found.executable}: ${differs}`;
    if (differs !== null) continue;
    const folder = await servePackages(found, installed, { ...options, onStep, storeFolder: store.folder });
    return { python: found.executable, env: folder === null ? {} : { PYTHONPATH: folder } };
  }
  if (difference !== null) onStep(`${difference}. An environment of the bundle's own packages is made.`);
  return await ownEnvironment(store, manifest, others, { ...options, onStep }, difference);
}

/** Of the model's own packages, version by normal name; what is for another platform is left out. */
export function pinned(requirements: readonly string[]): Map<string, string> {
  const pins = requirements.map((line) => line.split(";")[0]!.trim().split("==") as [string, string]);
  return new Map(pins.filter(([name]) => !SERVE_NAMES.has(normalName(name))));
}

/** In a sentence's part; null when all is as pinned. */
export function differenceOf(
  wanted: ReadonlyMap<string, string>,
  installed: ReadonlyMap<string, string>,
): string | null {
  const different = [...wanted].flatMap(([name, version]) => {
    const there = installed.get(normalName(name))?.split(" @ ")[0];
    return there === version ? [] : [`${name} is ${there ?? "missing"}, not ${version}`];
  });
  if (different.length === 0) return null;
  return `${different.slice(0, 3).join(", ")}${different.length > 3 ? `, and ${different.length - 3} more` : ""}`;
}

async function ownEnvironment(
  store: Pick<Store, "folder" | "getRunHead">,
  manifest: ReadyBundle["manifest"],
  others: readonly Interpreter[],
  { env, signal, onStep }: ServingOptions & { onStep(detail: string): void },
  difference: string | null,
): Promise<ServingPython> {
  const { run, python: minor, requirements } = manifest;
  const recorded = run === null ? null : (store.getRunHead(run)?.snapshot.environment?.python ?? null);
  const base = others.find(({ version }) => version === recorded) ?? others[0];
  const python = base?.version ?? recorded ?? `${minor}.0`;
  const lock: Lock = {
    python,
    requirements: [...requirements],
    left: [],
    ownFolders: [],
    key: lockKey(python, requirements),
  };
  try {
    const recordedFile = base?.executable ?? null;
    const made = await makeVenv(lock, {
      storeFolder: store.folder,
      recorded: recordedFile,
      env,
      onProgress: onStep,
      signal,
    });
    return { python: made, env: {} };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = difference === null ? "" : ` The project's Python does not fit either (${difference}).`;
    throw new UserError(`No Python environment could be made for the bundle. ${error.message}${why}`, { cause: error });
  }
}

/** The whole environment of a process that serves: this one's, without what would lead Python elsewhere. */
export function serveEnvironment(serving: ServingPython, folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...cleanEnvironment(env),
    ...serving.env,
    PYTHONPATH: [folder, ...(serving.env.PYTHONPATH ? [serving.env.PYTHONPATH] : [])].join(path.delimiter),
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
  };
}

/** The Python that recorded the run: is it still there, and is it still the same? */
import { existsSync } from "node:fs";
import path from "node:path";
import { compareEnvironments } from "../compare/environment";
import { describeEnvironment } from "../compare/environmentSummary";
import { UserError } from "../domain/errors";
import type { Environment, Run } from "../domain/run";
import { type Distribution, readDistributions } from "../snapshot/packages";
import { askPython } from "../snapshot/pythonNow";
import type { Python } from "./command";
import { type Move, moveText } from "./place";

export interface CheckedPython extends Python {
  /** How it differs from what was recorded, in one line; empty when it does not. */
  difference: string;
}

/**
 * The recorded interpreter. Null when the run had none, or none was seen. Throws UserError when it is gone or is another
 * version: then nothing can be said to have been reproduced.
 */
export async function recordedPython(
  run: Run,
  move: Move,
  cacheFolder: string,
  env: NodeJS.ProcessEnv,
): Promise<CheckedPython | null> {
  const { environment } = run.snapshot;
  if (!environment?.executable || !environment.python) return null;
  const { executable, python: version } = environment;
  const advice = "With --environment, one with the recorded version and packages is made.";
  if (!existsSync(executable)) {
    throw new UserError(`The Python of this run, ${executable}, is no longer there. ${advice}`);
  }
  const now = await askPython(executable, env).catch((error: Error) => {
    throw new UserError(`The Python of this run, ${executable}, cannot be started (${error.message}). ${advice}`);
  });
  if (now.version !== version) {
    throw new UserError(`${executable} is Python ${now.version} now; the run had ${version}. ${advice}`);
  }
  const distributions = await readDistributions(now.path, cacheFolder);
  return {
    executable,
    importFolders: importFolders(now.path, distributions, move),
    difference: differenceOf(environment, distributions),
  };
}

/** In one line, e.g. "1 package changed: numpy 1.26.4 → 2.0.0"; empty when all is as recorded. */
export function differenceOf(environment: Environment, distributions: readonly Distribution[]): string {
  const conda = Object.entries(environment.packages).filter(([name]) => name.startsWith("conda:"));
  const now = Object.fromEntries([...conda, ...distributions.map(({ name, version }) => [name, version])]);
  const { packages } = compareEnvironments([environment, { ...environment, packages: now }]);
  return describeEnvironment({ python: [], packages, variables: [] });
}

/**
 * Where a package was installed from the project's own folder ("pip install -e ."), Python would take the code that is there
 * now: the restored code has to come first.
 */
function importFolders(sysPath: readonly string[], distributions: readonly Distribution[], move: Move): string[] {
  const fromProject = (folder: string) => moveText(folder, move) !== folder;
  const editable = distributions.flatMap(({ sourceFolder }) =>
    sourceFolder !== null && fromProject(sourceFolder) ? [sourceFolder, path.join(sourceFolder, "src")] : [],
  );
  const moved = [...sysPath.filter(fromProject), ...editable].map((folder) => moveText(folder, move));
  return [...new Set(moved)].filter((folder) => existsSync(folder));
}

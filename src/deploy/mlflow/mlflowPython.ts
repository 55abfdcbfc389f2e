/** The Python that runs MLflow's server for a bundle. */
import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { ServingOf } from "../../domain/targets";
import { cleanEnvironment } from "../../reproduce/venv";
import { findProgram } from "../../snapshot/findProgram";
import { readDistributions } from "../../snapshot/packages";
import { askPython } from "../../snapshot/pythonNow";
import type { Store } from "../../store/contract";
import { normalName } from "../bundle/servePackages";
import type { ReadyBundle } from "../contract";
import { type ServingOptions, type ServingPython, servingPython } from "../environment/servingPython";

/** Before it, requests had another form. */
const OLDEST = 2;

type Settings = Pick<ServingOf<"mlflow">, "python">;

/** That of the settings, else the one that would serve the bundle here. Throws UserError when it has no MLflow. */
export async function mlflowPython(
  store: Store,
  bundle: ReadyBundle,
  settings: Settings,
  options: ServingOptions,
): Promise<ServingPython> {
  const found =
    settings.python === undefined
      ? await servingPython(store, bundle, options)
      : { python: namedPython(store, settings.python, options.env), env: {} };
  await needMlflow(store, found.python, options);
  return found;
}

/** Throws UserError when there is none. A path is from the project's folder. */
export function namedPython(store: Pick<Store, "root">, name: string, env: NodeJS.ProcessEnv): string {
  const found = /[\\/]/.test(name) ? path.resolve(store.root, name) : findProgram(name, env);
  if (found !== undefined && existsSync(found)) return found;
  throw new UserError(`There is no ${found ?? `program ${name}`}, which the target names as its \`python\`.`);
}

/** Throws UserError when that Python has no MLflow that could serve. */
export async function needMlflow(
  store: Pick<Store, "folder">,
  python: string,
  { env, signal }: Pick<ServingOptions, "env" | "signal">,
): Promise<void> {
  const interpreter = await askPython(python, cleanEnvironment(env), signal);
  const installed = await readDistributions(interpreter.path, path.join(store.folder, "cache"));
  const version = installed.find(({ name }) => normalName(name) === "mlflow")?.version;
  if (version !== undefined && Number.parseInt(version, 10) >= OLDEST) return;
  throw new UserError(
    `${python} has ${version === undefined ? "no MLflow" : `MLflow ${version}, which is too old`}. Install it there (pip install mlflow), or name a Python that has it and the model's packages as the target's \`python\`.`,
  );
}

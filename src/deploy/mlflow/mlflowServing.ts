/** Serving by MLflow's own server, `mlflow models serve`: each version one of them, all behind the gateway that fronts local model servers. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { ServingOf } from "../../domain/targets";
import { pythonFolder } from "../../recorder/process/pythonFolder";
import type { Problem } from "../../targets/contract";
import type { ServingHandle, ServingTarget } from "../contract";
import { deploymentFolder, deploymentPath } from "../deploymentFolder";
import type { FindCommand } from "../local/apply";
import { makeLocalServing } from "../local/localServing";
import type { MakeServing, ServingContext } from "../targets";
import { mlflowPython, namedPython, needMlflow } from "./mlflowPython";
import { linkModel, mlflowModelOf } from "./modelFolder";

type Settings = ServingOf<"mlflow">;

/** Of the deployment's folder: what leads MLflow to bundles that are no models of its own. */
const LINKS = "mlflow";

export interface MlflowOptions {
  /** The `modeltrail` command; default: this very process's. */
  program?: readonly string[];
}

export const makeMlflowServing: MakeServing<Settings> = (name, settings, context) =>
  mlflowServing(name, settings, context);

/** As `makeMlflowServing`, with what tests need to say. */
export function mlflowServing(
  name: string,
  settings: Settings,
  context: ServingContext,
  options: MlflowOptions = {},
): ServingTarget {
  const { store, env } = context;

  const command: FindCommand = async ({ ready }, plan, { onStep, signal }) => {
    const { environment, workers = 1, limits = {} } = plan.settings;
    const found = await mlflowPython(store, ready, settings, { environment, env, onStep, signal });
    const links = path.join(deploymentFolder(store.folder, plan.name), LINKS);
    const model = mlflowModelOf(ready) ?? path.join(links, ready.hash);
    if (mlflowModelOf(ready) === null) await linkModel(ready, model);
    const program = await ownScript(links);
    const seconds = limits.time === undefined ? [] : ["--seconds", String(limits.time)];
    return {
      argv: [found.python, program, "--model", model, "--workers", String(workers), ...seconds],
      env: { ...settings.env, ...found.env },
    };
  };

  const local = makeLocalServing(context, { ...options, command });

  return {
    ...local,
    ...{ name, kind: settings.kind },

    async check(plan, signal) {
      return [...(await checkPython(settings, context, signal)), ...(await local.check(plan, signal))];
    },

    async undeploy(handle: ServingHandle, signal) {
      const { name: deployment } = z.object({ name: z.string() }).parse(handle);
      await local.undeploy(handle, signal);
      await rm(path.join(deploymentPath(store.folder, deployment), LINKS), { recursive: true, force: true });
    },
  };
}

/** A copy beside the links: servers are started again when the version of Modeltrail that deployed them is gone, too. */
async function ownScript(folder: string): Promise<string> {
  const script = await readFile(path.join(pythonFolder("mlflow_serve"), "serve.py"));
  const kept = path.join(folder, `serve-${createHash("sha256").update(script).digest("hex").slice(0, 16)}.py`);
  await mkdir(folder, { recursive: true });
  await writeFile(kept, script);
  return kept;
}

/** The one of the settings; which one it is without, is seen when there is a bundle. */
async function checkPython(
  { python }: Settings,
  { store, env }: ServingContext,
  signal: AbortSignal,
): Promise<Problem[]> {
  if (python === undefined) return [];
  try {
    await needMlflow(store, namedPython(store, python, env), { env, signal });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ severity: "error", message: error.message }];
  }
}

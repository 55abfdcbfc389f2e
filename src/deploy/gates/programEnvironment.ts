/** What programs that judge a version are told of it. */
import path from "node:path";
import { serveEnvironment } from "../environment/servingPython";
import type { GateContext } from "./gate";

/**
 * The serving Python's environment with MODELTRAIL_MODEL (its name), _VERSION, _RUN (an id, perhaps empty), _BUNDLE (the
 * bundle's folder) and _MODEL_PATH (the model's file or folder in it); the bundle is on PYTHONPATH, so that
 * `modeltrail_serve.models` can be imported.
 */
export async function programEnvironment(context: GateContext): Promise<{ python: string; env: NodeJS.ProcessEnv }> {
  const { folder, manifest } = await context.bundle();
  const serving = await context.python();
  const { python } = serving;
  const env = serveEnvironment(serving, folder, process.env);
  return {
    python,
    env: {
      ...env,
      MODELTRAIL_MODEL: context.version.model,
      MODELTRAIL_VERSION: String(context.version.version),
      MODELTRAIL_RUN: context.version.run ?? "",
      MODELTRAIL_BUNDLE: folder,
      MODELTRAIL_MODEL_PATH: path.join(folder, ...manifest.entry.split("/")),
      ...pythonFirst(python, env),
    },
  };
}

/** `python` in a command means the one that serves. */
function pythonFirst(python: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  if (!path.isAbsolute(python)) return {};
  return { [name]: [path.dirname(python), env[name]].filter(Boolean).join(path.delimiter) };
}

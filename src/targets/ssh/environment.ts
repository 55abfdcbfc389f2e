/** The environment of a job's command on a machine, by the settings of its target. */
import { UserError } from "../../domain/errors";
import { storeFolder } from "../../store/locate";
import type { JobPlan, Problem } from "../contract";
import type { Host } from "../host/contract";
import type { Activation } from "../jobFolder/contract";
import { neededPackages } from "../packages";
import type { TargetContext } from "../registry";
import { checkVenv, makeVenv } from "./venv";

export interface EnvironmentSettings {
  python?: string | undefined;
  conda?: string | undefined;
  venv?: "snapshot" | undefined;
}

export interface JobEnvironment {
  /** Null: what the machine has. Of a venv that is yet to be made, null as well. */
  readonly activate: Activation | null;
  check(host: Host, plan: JobPlan, signal: AbortSignal): Promise<Problem[]>;
  /** Makes what is to be made, and gives what the job is to be started in. Throws UserError, saying which package is not to be had. */
  make(
    host: Host,
    plan: JobPlan,
    options: { onProgress(line: string): void; signal: AbortSignal },
  ): Promise<Activation | null>;
}

/** `python`: the one there that ours runs in. Throws UserError when the settings name more than one. */
export function environmentOf(
  name: string,
  settings: EnvironmentSettings,
  python: string,
  context: TargetContext,
): JobEnvironment {
  const { conda, venv } = settings;
  if ([settings.python, conda, venv].filter((one) => one !== undefined).length > 1) {
    throw new UserError(`The target ${name} may have one of \`python\`, \`conda\` and \`venv\` in modeltrail.yaml.`);
  }
  const activate: Activation | null = conda
    ? { kind: "conda", name: conda }
    : settings.python
      ? { kind: "python", path: settings.python }
      : null;
  if (venv === undefined) return { activate, check: async () => [], make: async () => activate };
  const packages = (plan: JobPlan, signal: AbortSignal) =>
    neededPackages(plan, {
      env: context.env,
      storeFolder: storeFolder(context.root, context.env).folder,
      signal,
    });
  return {
    activate: null,
    check: async (host, plan, signal) => checkVenv(host, python, await packages(plan, signal), signal),
    make: async (host, plan, { onProgress, signal }) =>
      makeVenv(host, python, await packages(plan, signal), { onProgress, signal }),
  };
}

/** From the name of a target to what can run jobs there. */
import { UserError } from "../domain/errors";
import { LOCAL } from "../domain/localTarget";
import { TARGET_KINDS } from "../domain/targetKinds/jobs";
import {
  isKnownTarget,
  type JobTargetSettings,
  type KnownTargetSettings,
  onlyServes,
  type TargetKind,
  type TargetOf,
  type TargetSettings,
} from "../domain/targets";
import { readProjectFile } from "../snapshot/projectFile";
import type { Target } from "./contract";

/** What a target is made with, besides its settings. */
export interface TargetContext {
  /** The project. */
  root: string;
  /** Of this process. */
  env: NodeJS.ProcessEnv;
}

/** What the room of a kind offers. Throws UserError for settings that cannot be. */
export type MakeTarget<Settings> = (
  name: string,
  settings: Settings,
  context: TargetContext,
) => Target | Promise<Target>;

type Rooms = { [Kind in TargetKind]?: () => Promise<MakeTarget<TargetOf<Kind>>> };

/** Where each kind is made, loaded when it is asked for. */
const ROOMS: Rooms = {
  command: async () => (await import("./command/commandTarget")).makeCommandTarget,
  ssh: async () => (await import("./ssh/sshTarget")).makeSshTarget,
  slurm: async () => (await import("./slurm/slurmTarget")).makeSlurmTarget,
  docker: async () => (await import("./container/containerTarget")).makeContainerTarget,
  podman: async () => (await import("./container/containerTarget")).makeContainerTarget,
  kubernetes: async () => (await import("./kubernetes/kubernetesTarget")).makeKubernetesTarget,
  trainjob: async () => (await import("./kubernetes/trainJobTarget")).makeTrainJobTarget,
  ray: async () => (await import("./ray/rayTarget")).makeRayTarget,
};

/** The targets that the project names, with their settings. Throws UserError when modeltrail.yaml makes no sense. */
export async function listTargets(root: string): Promise<Record<string, TargetSettings>> {
  try {
    return (await readProjectFile(root)).targets ?? {};
  } catch (error) {
    throw new UserError(`modeltrail.yaml cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

/** The settings of the target `name`. Throws UserError when there is none of this name. */
export async function targetSettings(root: string, name: string): Promise<TargetSettings> {
  return settingsAmong(await listTargets(root), name);
}

/** The same of one that is to run jobs. */
export async function jobTargetSettings(root: string, name: string): Promise<JobTargetSettings> {
  return jobSettingsAmong(await listTargets(root), name);
}

/** The same of targets that were read. */
export function jobSettingsAmong(targets: Record<string, TargetSettings>, name: string): JobTargetSettings {
  const settings = settingsAmong(targets, name);
  if (!onlyServes(settings)) return settings;
  throw new UserError(`"${name}" is a target of the kind ${settings.kind}, which serves models and runs no jobs.`);
}

function settingsAmong(targets: Record<string, TargetSettings>, name: string): TargetSettings {
  const settings = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (settings) return settings;
  const names = [LOCAL, ...Object.keys(targets)].join(", ");
  throw new UserError(`There is no target "${name}" in modeltrail.yaml. There are: ${names}.`);
}

/** The target `name` of the project, which is not `local`: jobs there need nobody in between. */
export async function openTarget(name: string, context: TargetContext): Promise<Target> {
  return makeTarget(name, await jobTargetSettings(context.root, name), context);
}

export async function makeTarget(name: string, settings: JobTargetSettings, context: TargetContext): Promise<Target> {
  if (!isKnownTarget(settings)) {
    return (await import("./foreign/foreignTarget")).makeForeignTarget(name, settings, context);
  }
  const room = ROOMS[settings.kind] as (() => Promise<MakeTarget<KnownTargetSettings>>) | undefined;
  if (!room) {
    const kinds = Object.keys(TARGET_KINDS).filter((kind) => ROOMS[kind as TargetKind]);
    throw new UserError(`Targets of the kind "${settings.kind}" cannot be used. There are: ${kinds.join(", ")}.`);
  }
  return (await room())(name, settings, context);
}

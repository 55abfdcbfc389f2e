/** The words after `create` for the container of a job. */
import type { TargetOf } from "../../domain/targets";
import type { JobPlan } from "../contract";

export type ContainerSettings = TargetOf<"docker"> | TargetOf<"podman">;

export interface ContainerPlace {
  isPodman: boolean;
  rootless: boolean;
  /** Of who starts it; undefined where there is no such thing (Windows). */
  user: { uid: number; gid: number } | undefined;
  /** Files may be labelled (SELinux), and then containers may not touch those of the user. */
  labelled: boolean;
}

export interface ContainerCommand {
  image: string;
  /** The program in the image, and its arguments. */
  argv: readonly string[];
  mounts: readonly Mount[];
}

/** A folder of this machine, and where it is in the container. */
export interface Mount {
  from: string;
  to: string;
  readOnly?: boolean;
}

/** By which a job's container is found: its name is made of it, too, so that a second one cannot be made. */
export const JOB_LABEL = "modeltrail.job";
export const containerName = (job: string) => `modeltrail-${job}`;

/** Bytes. The engines' own 64 MB is less than loaders of training data pass between their processes. */
const SHARED_MEMORY = "2g";

export function createArguments(
  plan: Pick<JobPlan, "id" | "run" | "gpus" | "limits">,
  settings: ContainerSettings,
  place: ContainerPlace,
  { image, argv, mounts }: ContainerCommand,
): string[] {
  const asked = { memory: plan.limits.memory, gpus: plan.gpus > 0 ? plan.gpus : undefined };
  return [
    ...["--name", containerName(plan.id)],
    ...["--label", `${JOB_LABEL}=${plan.id}`, "--label", `modeltrail.run=${plan.run}`],
    // It is there already; else another image than the recorded one could be got now.
    ...["--pull", "never"],
    ...settingsWords(settings, place, mounts, asked),
    // What the image would run instead of, or around, our command is left out.
    ...["--entrypoint", argv[0]!],
    image,
    ...argv.slice(1),
  ];
}

/** What a target's settings say of its containers, whatever they are for. `asked`: what holds instead of the settings. */
export function settingsWords(
  settings: ContainerSettings,
  place: ContainerPlace,
  mounts: readonly Mount[],
  asked: { memory?: number | undefined; gpus?: number | undefined } = {},
): string[] {
  const memory = asked.memory ?? settings.memory;
  const options = settings.options ?? [];
  const given = (name: string) => options.some((option) => option === name || option.startsWith(`${name}=`));
  return [
    ...mounts.flatMap((mount) => ["--mount", mountWord(mount)]),
    // What is copied into a container is its own user's.
    ...(mounts.length > 0 ? userWords(place) : []),
    ...(place.labelled ? ["--security-opt", "label=disable"] : []),
    // Swap included, or a job would be slow before it is ended.
    ...(memory === undefined ? [] : ["--memory", `${memory}b`, "--memory-swap", `${memory}b`]),
    ...(settings.cpus === undefined ? [] : ["--cpus", String(settings.cpus)]),
    ...gpuWords(asked.gpus ?? settings.gpus, place.isPodman),
    ...(given("--shm-size") || given("--ipc") ? [] : ["--shm-size", SHARED_MEMORY]),
    ...(settings.network === undefined ? [] : ["--network", settings.network]),
    ...(settings.volumes ?? []).flatMap((volume) => ["--volume", volume]),
    ...options,
  ];
}

/** Read as a line of CSV. */
function mountWord({ from, to, readOnly }: Mount): string {
  const source = `source=${from}`;
  return `type=bind,${/[",]/.test(source) ? `"${source.replaceAll('"', '""')}"` : source},target=${to}${readOnly ? ",readonly" : ""}`;
}

/** So that what the command writes belongs to the user outside, and is not root's. */
function userWords({ isPodman, rootless, user }: ContainerPlace): string[] {
  // Root is root; and without root's engine, root inside is the user outside.
  if (!user || user.uid === 0 || (rootless && !isPodman)) return [];
  // Users that the image does not know have the home `/`, where they may not write.
  const home = ["--env", "HOME=/tmp"];
  if (rootless) return ["--userns", "keep-id", ...home];
  return ["--user", `${user.uid}:${user.gid}`, ...home];
}

function gpuWords(gpus: number | "all" | undefined, isPodman: boolean): string[] {
  if (gpus === undefined) return [];
  if (!isPodman) return ["--gpus", String(gpus)];
  const names = gpus === "all" ? ["all"] : Array.from({ length: gpus }, (_, index) => String(index));
  return names.flatMap((name) => ["--device", `nvidia.com/gpu=${name}`]);
}

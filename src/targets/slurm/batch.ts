/** What is handed to sbatch: its words, and the script. */
import { UserError } from "../../domain/errors";
import type { JobLimits } from "../../domain/job";
import type { TargetOf } from "../../domain/targets";
import { quote } from "../host/remoteCommand";

export type SlurmSettings = TargetOf<"slurm">;

export interface BatchJob {
  /** For squeue. */
  name: string;
  /** Its job's folder on the cluster's disk. */
  folder: string;
  gpus: number;
  limits: JobLimits;
}

/** Words of sbatch that are ours to say. */
const OURS =
  /^(?:--(?:array|output|error|input|parsable|wrap|requeue|wait|chdir|export|open-mode|job-name)(?:=|$)|-[aoeiWDJ])/;

/** Slurm's own messages of a job. */
export const SLURM_LOG = "slurm.out";

/**
 * All that comes after `sbatch`; the script goes to its standard input. Throws UserError for options that would break this.
 * Jobs of an array are equal in all but their folder; as many at the same time as `slots`.
 */
export function sbatchArguments(jobs: readonly BatchJob[], settings: SlurmSettings): string[] {
  const taken = settings.options?.find((option) => OURS.test(option));
  if (taken) throw new UserError(`\`${taken}\` cannot be among the options of a Slurm target: it is set for each job.`);
  const [first] = jobs as [BatchJob];
  const { partition, account, qos, cpus, nodes } = settings;
  const times = [settings.time, first.limits.seconds].filter((one) => one !== undefined);
  const memory = settings.memory ?? first.limits.memory;
  const gres = settings.gres ?? (first.gpus > 0 ? `gpu:${first.gpus}` : undefined);
  const words = {
    "job-name": first.name,
    output: jobs.length === 1 ? logOf(first) : "/dev/null",
    partition,
    account,
    qos,
    time: times.length === 0 ? undefined : slurmTime(Math.min(...times)),
    mem: memory === undefined ? undefined : `${Math.ceil(memory / 1024)}K`,
    "cpus-per-task": cpus,
    nodes,
    gres,
    array: jobs.length === 1 ? undefined : `0-${jobs.length - 1}${settings.slots ? `%${settings.slots}` : ""}`,
  };
  const given = Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  // A run is one execution: it is not to begin anew by itself.
  return ["--parsable", "--no-requeue", ...given, ...(settings.options ?? [])];
}

/** In file names `%` begins a replacement. */
const logOf = ({ folder }: BatchJob) => `${folder}/${SLURM_LOG}`.replaceAll("%", "%%");

/** D-HH:MM:SS, of which Slurm counts minutes: rounded up, so that the job's own limit comes first. */
export function slurmTime(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const two = (count: number) => String(count).padStart(2, "0");
  return `${Math.floor(minutes / 1440)}-${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}:00`;
}

/**
 * A script that runs the agent of a job, in the way of sites' own: in a login shell, after the target's `setup` lines. `agent`:
 * the words that run a job's agent, before its folder.
 */
export function batchScript(
  jobs: readonly BatchJob[],
  agent: readonly string[],
  setup: readonly string[] = [],
): string {
  const run = `exec ${agent.map(quote).join(" ")} "$folder"`;
  const choose =
    jobs.length === 1
      ? [`folder=${quote(jobs[0]!.folder)}`]
      : [
          'case "$SLURM_ARRAY_TASK_ID" in',
          ...jobs.map(({ folder }, index) => `${index}) folder=${quote(folder)} ;;`),
          "esac",
          // An array has one name pattern for the output of all: each gets its own here.
          `exec >>"$folder/${SLURM_LOG}" 2>&1`,
        ];
  return `${["#!/bin/sh -l", ...choose, ...setup, run].join("\n")}\n`;
}

/** The ids of Slurm for `count` jobs, from what `sbatch --parsable` prints: "123" or "123;cluster". */
export function slurmIds(printed: string, count: number): string[] {
  const id = /^(\d+)(?:;\S*)?\s*$/m.exec(printed)?.[1];
  if (id === undefined) throw new UserError(`sbatch gave no job id: ${printed.trim() || "it printed nothing"}`);
  return count === 1 ? [id] : Array.from({ length: count }, (_, index) => `${id}_${index}`);
}

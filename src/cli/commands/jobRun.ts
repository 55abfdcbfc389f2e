/** `modeltrail run --job ID`: begins a job of the queue, as the process that looks after it. */
import { statSync } from "node:fs";
import { UserError } from "../../domain/errors";
import type { Job } from "../../domain/job";
import { jobLimits } from "../../domain/limitSettings";
import { LOCAL } from "../../domain/localTarget";
import { readProjectFile } from "../../snapshot/projectFile";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { processIdentity } from "../../store/process";
import type { RunOptions, runHere } from "./run";

/**
 * Claims the job and runs it with its own working folder; ends with 0 when somebody else has begun it, or it was cancelled.
 * What keeps a job from beginning becomes its end, `refused`, with the reason.
 */
export async function jobRunCommand(id: string, run: typeof runHere): Promise<never> {
  const { root } = locateRoot(process.cwd());
  const job = claimJob(root, id);
  if (!job) process.exit(0);
  try {
    enter(job.cwd);
    if (job.target !== LOCAL) throw new UserError(`This job is for ${job.target}, not for this machine.`);
    return await run({ ...optionsOf(job), ...(await ownLimits(root, job)) }, job.command);
  } catch (error) {
    refuse(root, id, error);
    throw error;
  }
}

function claimJob(root: string, id: string): Job | null {
  const store = openStore(root);
  try {
    return store.jobs.claim(id, null, processIdentity()) ? store.jobs.get(id) : null;
  } finally {
    store.close();
  }
}

function refuse(root: string, id: string, error: unknown): void {
  const store = openStore(root);
  try {
    // One that has begun ends with its run.
    if (store.jobs.get(id)?.run === null) store.jobs.end(id, "refused", { reason: (error as Error).message });
  } finally {
    store.close();
  }
}

/** Its limits, and those of modeltrail.yaml where it has none of its own. */
async function ownLimits(root: string, { limits }: Job): Promise<Pick<RunOptions, "limits" | "costPerHour">> {
  const { local } = await readProjectFile(root);
  return { limits: { ...jobLimits(local?.limits ?? {}), ...limits }, costPerHour: local?.costPerHour };
}

function enter(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`The folder ${folder}, in which it was to start, is not there any more.`);
  }
  process.chdir(folder);
  // What programs take for the name of the folder that they are in.
  process.env.PWD = folder;
}

function optionsOf(job: Job): RunOptions {
  return {
    experiment: job.experiment ?? undefined,
    name: job.name ?? undefined,
    tag: Object.entries(job.tags).map(([key, value]) => `${key}=${value}`),
    note: job.note ?? undefined,
    source: job.source,
    parent: job.parent ?? undefined,
    job: job.id,
    keepOnHangup: true,
  };
}

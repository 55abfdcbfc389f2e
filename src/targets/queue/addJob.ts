/** Putting jobs into the queue. */
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { Job, JobLimits } from "../../domain/job";
import { LOCAL } from "../../domain/localTarget";
import { hasLostSecrets } from "../../domain/secrets";
import type { Store } from "../../store/contract";
import type { NewJob } from "../../store/jobs/contract";
import { targetLimits } from "../targetLimits";

/**
 * With the limits of their target, where they have none of their own. Throws UserError when the target is none of the project's,
 * or the command cannot be kept.
 */
export async function addJobs(store: Store, jobs: readonly NewJob[]): Promise<Job[]> {
  const limits = new Map<string, JobLimits>();
  for (const target of new Set(jobs.map((job) => job.target))) {
    limits.set(target, await targetLimits(store.root, target));
  }
  for (const { cwd, target } of jobs) {
    const relative = path.relative(store.root, cwd);
    if (target !== LOCAL && (relative.startsWith("..") || path.isAbsolute(relative))) {
      throw new UserError(`${cwd} is outside the project ${store.root}, and only that is sent to ${target}.`);
    }
  }
  return store.jobs.createMany(jobs.map((job) => ({ ...job, limits: { ...limits.get(job.target), ...job.limits } })));
}

/** The same job once more, queued. Throws UserError for one that has not ended, or whose command had secrets. */
export function retryJob(store: Store, id: string): Job {
  const job = store.jobs.get(id);
  if (!job) throw new UserError(`There is no job ${id}.`);
  if (job.state !== "ended") throw new UserError(`The job ${id.slice(0, 8)} has not ended: it is ${job.state}.`);
  if (hasLostSecrets(job.command)) {
    throw new UserError("The command had a secret in it, which is not kept. Start it again by hand.");
  }
  const { target, command, cwd, experiment, tags, note, source, parent, env, priority, gpus, limits, sweep } = job;
  const again = { target, command, cwd, experiment, tags, note, source, parent, env, priority, gpus, limits, sweep };
  // Its name was for one run.
  return store.jobs.create({ ...again, retryOf: id });
}

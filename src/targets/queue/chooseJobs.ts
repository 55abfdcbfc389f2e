/** Which of the waiting jobs begin. */
import type { Job } from "../../domain/job";

export interface Free {
  slots: number;
  /** Null: the target gives them out itself. */
  gpus: readonly string[] | null;
  /** How many the target has. */
  allGpus: number;
}

export interface Choice {
  begin: { job: Job; gpus: string[] }[];
  /** Those that could never begin. */
  refused: { job: Job; reason: string }[];
}

/**
 * In the order of the queue. A job that waits for GPUs keeps all that are free, so that smaller ones behind it do not keep it
 * waiting for ever; those that need none pass.
 */
export function chooseJobs(queued: readonly Job[], free: Free): Choice {
  const choice: Choice = { begin: [], refused: [] };
  let gpus = free.gpus && [...free.gpus];
  for (const job of queued) {
    if (choice.begin.length >= free.slots) break;
    if (!gpus || job.gpus === 0) {
      choice.begin.push({ job, gpus: [] });
    } else if (job.gpus > free.allGpus) {
      const has = free.allGpus === 0 ? "none" : free.allGpus;
      choice.refused.push({ job, reason: `It needs ${job.gpus} GPUs, and this machine has ${has} to give.` });
    } else if (job.gpus > gpus.length) {
      gpus = [];
    } else {
      choice.begin.push({ job, gpus: gpus.splice(0, job.gpus) });
    }
  }
  return choice;
}

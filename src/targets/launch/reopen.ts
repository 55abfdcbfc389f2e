/** The target of a job: what modeltrail.yaml says of it may be wrong for a time, while the job goes on there. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Job } from "../../domain/job";
import type { Store } from "../../store/contract";
import type { Target } from "../contract";

const RETRY_MS = 10_000;

/** Throws what opening it throws for a job that was not handed over, and when its end is asked for meanwhile. */
export async function openWhenPossible(
  store: Store,
  job: Job,
  open: (name: string) => Promise<Target>,
  signal: AbortSignal,
): Promise<Target> {
  for (;;) {
    try {
      return await open(job.target);
    } catch (error) {
      if (job.handle === null || !(error instanceof UserError) || signal.aborted) throw error;
      store.jobs.patch(job.id, { reason: error.message });
    }
    await wait(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

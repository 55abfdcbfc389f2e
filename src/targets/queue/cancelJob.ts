/** Ending a job, in any phase. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import { now } from "../../recorder/clock";
import { recoverLostRuns } from "../../recorder/recover";
import { stopRun } from "../../recorder/stop";
import type { Store } from "../../store/contract";
import { isGone } from "../../store/process";

const POLL_MS = 50;
/** So long who looks after a job may take to end it. */
const PATIENCE_MS = 60_000;

/**
 * Resolves when nothing of the job runs any more. On a target whoever looks after the job ends it; when nobody does,
 * `startFollowers` starts somebody. Throws UserError when it does not end in time: it stays marked, and is ended when it can be.
 */
export async function cancelJob(
  store: Store,
  id: string,
  reason: string,
  startFollowers: () => void = () => {},
): Promise<void> {
  if (!store.jobs.requestCancel(id, reason)) return;
  const deadline = now() + PATIENCE_MS;
  let stopping: Promise<void> | undefined;
  let stopFailed: unknown;
  let asked = false;
  while (now() < deadline) {
    const job = store.jobs.get(id);
    if (!job || job.state === "ended") return stopping;
    const isAlone = isGone(store.jobs.follower(id));
    if (job.run === null && isAlone) {
      store.jobs.end(id, "refused");
      continue;
    }
    if (job.run !== null && job.target === LOCAL) {
      stopping ??= stopRun(store, job.run).catch((error) => {
        stopFailed = error;
      });
      if (stopFailed) throw stopFailed;
    } else if (job.run !== null && isAlone && !asked) {
      asked = true;
      await recoverLostRuns(store);
      startFollowers();
    }
    await wait(POLL_MS);
  }
  throw new UserError(
    `The job ${id.slice(0, 8)} has not ended yet. It stays marked, and is ended as soon as its target can be reached.`,
  );
}

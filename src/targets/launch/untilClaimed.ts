/** Becoming the follower of a job. */
import { setTimeout as wait } from "node:timers/promises";
import type { Store } from "../../store/contract";
import { processIdentity } from "../../store/process";

const POLL_MS = 20;
/** Who starts a follower makes it that in the next moment. */
const CLAIM_MS = 10_000;

/** Waits until whoever started us has made us the job's follower, or becomes that of one that has none. False: another one was quicker. */
export async function untilClaimed(store: Store, job: string): Promise<boolean> {
  const self = processIdentity();
  const { pid, startToken } = self;
  if (store.jobs.claim(job, null, self)) return true;
  for (const deadline = Date.now() + CLAIM_MS; Date.now() < deadline; await wait(POLL_MS)) {
    const follower = store.jobs.follower(job);
    if (follower?.pid === pid && (follower.startToken === startToken || follower.startToken === "")) return true;
    if (store.jobs.get(job)?.state === "ended") return false;
  }
  return false;
}

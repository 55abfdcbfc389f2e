/** This process as the follower of a job. */
import { jobLimits } from "../../domain/targets";
import type { Store } from "../../store/contract";
import { openTarget, targetSettings } from "../registry";
import { targetEnvironment } from "../secretVariables";
import { targetLimits } from "../targetLimits";
import { followJob } from "./followJob";

/** `command`: as it was given, when the job has it without its secrets. Resolves when the job has ended or is another's. */
export async function followHere(store: Store, job: string, command?: readonly string[]): Promise<void> {
  const { root } = store;
  // The terminal or window that we were started from may go, and the job goes on.
  process.on("SIGHUP", () => {});
  await giveLimits(store, job);
  await followJob(store, job, {
    command,
    openTarget: (name) => openTarget(name, { root, env: targetEnvironment(process.env, name) }),
    async ofTarget(name) {
      const { data = [], limits = {} } = await targetSettings(root, name);
      return { data, limits: jobLimits(limits) };
    },
  });
}

/** Those of its target, where it has none of its own. One of a target that is gone ends by that. */
async function giveLimits(store: Store, id: string): Promise<void> {
  const job = store.jobs.get(id);
  const limits = job && (await targetLimits(store.root, job.target).catch(() => null));
  if (limits && Object.keys(limits).some((name) => !(name in job.limits))) {
    store.jobs.patch(id, { limits: { ...limits, ...job.limits } });
  }
}

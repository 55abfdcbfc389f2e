/** This process as the follower of a job. */
import { jobLimits } from "../../domain/limitSettings";
import type { Store } from "../../store/contract";
import { jobTargetSettings, openTarget } from "../registry";
import { targetEnvironment } from "../targetEnvironment";
import { followJob } from "./followJob";

/** `command`: as it was given, when the job has it without its secrets. Resolves when the job has ended or is another's. */
export async function followHere(store: Store, job: string, command?: readonly string[]): Promise<void> {
  const { root } = store;
  // The terminal or window that we were started from may go, and the job goes on.
  process.on("SIGHUP", () => {});
  await followJob(store, job, {
    command,
    openTarget: (name) => openTarget(name, { root, env: targetEnvironment(process.env, name) }),
    async ofTarget(name) {
      const { data = [], limits = {} } = await jobTargetSettings(root, name);
      return { data, limits: jobLimits(limits) };
    },
  });
}

/** This process as the follower of a job. */
import type { Store } from "../../store/contract";
import { openTarget, targetSettings } from "../registry";
import { followJob } from "./followJob";

/** `command`: as it was given, when the job has it without its secrets. Resolves when the job has ended or is another's. */
export async function followHere(store: Store, job: string, command?: readonly string[]): Promise<void> {
  const { root } = store;
  // The terminal or window that we were started from may go, and the job goes on.
  process.on("SIGHUP", () => {});
  await followJob(store, job, {
    command,
    openTarget: (name) => openTarget(name, { root, env: process.env }),
    globs: async (name) => (await targetSettings(root, name)).data ?? [],
  });
}

/** What jobs of a target may take unless they say so themselves. */
import type { JobLimits } from "../domain/job";
import { jobLimits, type LimitSettings } from "../domain/limitSettings";
import { LOCAL } from "../domain/localTarget";
import { readProjectFile } from "../snapshot/projectFile";
import { jobTargetSettings } from "./registry";

/** Throws UserError when there is no such target. */
export async function targetLimits(root: string, target: string): Promise<JobLimits> {
  const settings = target === LOCAL ? (await readProjectFile(root)).local : await jobTargetSettings(root, target);
  return jobLimits((settings?.limits ?? {}) as LimitSettings);
}

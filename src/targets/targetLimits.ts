/** What jobs of a target may take unless they say so themselves. */
import type { JobLimits } from "../domain/job";
import { LOCAL } from "../domain/localTarget";
import { jobLimits, type LimitSettings } from "../domain/targets";
import { readProjectFile } from "../snapshot/projectFile";
import { jobTargetSettings } from "./registry";

/** Throws UserError when there is no such target. */
export async function targetLimits(root: string, target: string): Promise<JobLimits> {
  const settings = target === LOCAL ? (await readProjectFile(root)).local : await jobTargetSettings(root, target);
  return jobLimits((settings?.limits ?? {}) as LimitSettings);
}

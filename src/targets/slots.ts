/** How many jobs a target takes at the same time. */

import { LOCAL } from "../domain/localTarget";
import type { ProjectFile } from "../domain/projectFile";
import { onlyServes } from "../domain/targets";

/** Slots of this machine when modeltrail.yaml does not say. */
const LOCAL_SLOTS = 1;

/** Infinity: as many as there are, or it is no target that the file knows. */
export function slotsOf({ local, targets }: ProjectFile, target: string): number {
  if (target === LOCAL) return local?.slots ?? LOCAL_SLOTS;
  const settings = targets && Object.hasOwn(targets, target) ? targets[target] : undefined;
  return (settings && !onlyServes(settings) && settings.slots) || Number.POSITIVE_INFINITY;
}

/** The targets of a project, as they are chosen from. */

import { UserError } from "../../../domain/errors";
import { LOCAL } from "../../../domain/localTarget";
import type { ProjectFile } from "../../../domain/projectFile";
import { PROJECT_FILE_NAME } from "../../../domain/projectFileName";
import { targetPlace } from "../../../domain/targetPlace";
import { isKnownTarget, type JobTargetSettings, type LocalSettings, onlyServes } from "../../../domain/targets";
import { readProjectFile } from "../../../snapshot/projectFile";
import type { TargetInfo } from "./api";

/** Those that run jobs, this machine first. Throws UserError when modeltrail.yaml makes no sense. */
export async function listTargets(root: string): Promise<TargetInfo[]> {
  const file = await read(root);
  const others = Object.entries(file.targets ?? {}).flatMap(([name, settings]) =>
    onlyServes(settings) ? [] : [targetInfo(name, settings)],
  );
  return [localInfo(file.local ?? {}), ...others];
}

async function read(root: string): Promise<ProjectFile> {
  try {
    return await readProjectFile(root);
  } catch (error) {
    throw new UserError(`${PROJECT_FILE_NAME} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function localInfo({ slots, costPerHour }: LocalSettings): TargetInfo {
  return { name: LOCAL, kind: LOCAL, place: "", slots: slots ?? null, costPerHour: costPerHour ?? null, secrets: [] };
}

function targetInfo(name: string, settings: JobTargetSettings): TargetInfo {
  const { kind, slots, costPerHour } = settings;
  return {
    name,
    kind,
    place: targetPlace(settings),
    slots: slots ?? null,
    costPerHour: costPerHour ?? null,
    secrets:
      isKnownTarget(settings) && settings.kind === "ray" && settings.tokenVariable ? [settings.tokenVariable] : [],
  };
}

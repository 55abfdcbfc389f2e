/** Folders of jobs on targets, one for each in the store folder: what was sent, and what is known of it. It is gone when all is over. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod/mini";
import type { StagePlace } from "../../recorder/onTarget/stagePlace";
import { makeStoreFolder } from "../../store/folders";

const FACTS = "stage.json";
const COLLECTED = "collected";

const StageFacts = z.object({
  /** The user's own folder that the stage stands for. */
  origin: z.string(),
  /** The project's folder in it, with `/`; "" is itself. */
  project: z.string(),
  /** Where the command starts in it, with `/`; "" is itself. */
  cwd: z.string(),
});
export type StageFacts = z.infer<typeof StageFacts>;

export interface StageFolder {
  /** Absolute: what is sent, and what comes back. */
  readonly work: string;
  /** Null: it was not finished, and nothing of it was sent. */
  facts(): StageFacts | null;
  /** Begins anew. */
  clear(): void;
  /** From now on it is finished. */
  finish(facts: StageFacts): void;
  /** What is in it is ours until this moment, and what changes from now on comes from the target. Counts once. */
  markCollecting(): void;
  collectedSince(): number | null;
  remove(): void;
}

export function stageFolder(storeFolder: string, job: string): StageFolder {
  const folder = path.join(stagesIn(storeFolder), job);
  const work = path.join(folder, "work");
  const at = (name: string) => path.join(folder, name);
  return {
    work,
    facts() {
      try {
        return StageFacts.parse(JSON.parse(readFileSync(at(FACTS), "utf8")));
      } catch {
        return null;
      }
    },
    clear() {
      rmSync(folder, { recursive: true, force: true });
      makeStoreFolder(storeFolder);
      mkdirSync(work, { recursive: true });
    },
    finish(facts) {
      writeFileSync(at(`${FACTS}.new`), JSON.stringify(facts));
      renameSync(at(`${FACTS}.new`), at(FACTS));
    },
    markCollecting() {
      if (!existsSync(at(COLLECTED))) writeFileSync(at(COLLECTED), "");
    },
    collectedSince: () => statSync(at(COLLECTED), { throwIfNoEntry: false })?.mtimeMs ?? null,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Ids of the jobs that have a folder: they go on, or there may be something of them on their target. */
export function stagedJobs(storeFolder: string): string[] {
  try {
    return readdirSync(stagesIn(storeFolder));
  } catch {
    return [];
  }
}

export function placeOf(stage: StageFolder, { origin, project }: StageFacts): StagePlace {
  return { stage: stage.work, origin, project, collectedSince: stage.collectedSince };
}

const stagesIn = (storeFolder: string) => path.join(storeFolder, "stages");

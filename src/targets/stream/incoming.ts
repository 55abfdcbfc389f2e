/** What came of a job's files through its log, beside the stage until it is collected. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { JobPlan } from "../contract";
import type { ChangedFiles } from "../jobFolder/collect";

const FACTS = "incoming.json";

export interface IncomingFacts {
  /** Null: the list did not arrive. */
  changed: ChangedFiles | null;
  /** Sentences on what is missing. */
  missing: string[];
}

/** `files`: the folder of those that come. */
export function incomingFolder({ stage }: Pick<JobPlan, "stage">): { files: string; folder: string } {
  const folder = `${stage}.incoming`;
  return { folder, files: path.join(folder, "work") };
}

export function writeIncoming(plan: Pick<JobPlan, "stage">, facts: IncomingFacts): void {
  const { folder } = incomingFolder(plan);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${FACTS}.new`), JSON.stringify(facts));
  renameSync(path.join(folder, `${FACTS}.new`), path.join(folder, FACTS));
}

/** Null when the job has not been followed to its end. */
export function readIncoming(plan: Pick<JobPlan, "stage">): IncomingFacts | null {
  try {
    return JSON.parse(readFileSync(path.join(incomingFolder(plan).folder, FACTS), "utf8"));
  } catch {
    return null;
  }
}

/** Names of files in a folder; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

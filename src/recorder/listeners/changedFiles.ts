/** Files that changed on disk during a run, whoever changed them: what the tracer could not see is found this way. */
import { homedir } from "node:os";
import { join, parse } from "node:path";
import { setImmediate } from "node:timers/promises";
import { changeTime, list } from "./look";

export interface ChangedFiles {
  /** Absolute. */
  files: string[];
  /** Whether everything was looked at. */
  complete: boolean;
}

export interface LookOptions {
  folder: string;
  /** Ms since the epoch, by the clock of the disk. */
  since: number;
  isClosed(folder: string): boolean;
  /** Folders and files at most; default 50,000. */
  limit?: number;
}

const LIMIT = 50_000;
/** Other work gets its turn after so many entries: a few milliseconds. */
const SLICE = 1_000;

/**
 * Regular files below `folder` whose content or name changed after `since`, by their inode's change time, which no program
 * can set back. Does not follow links, so that none leads in circles. Nothing in a home folder or a disk's root, which
 * hold more than one project.
 */
export async function findChangedFiles({ folder, since, isClosed, limit = LIMIT }: LookOptions): Promise<ChangedFiles> {
  const files: string[] = [];
  if (folder === homedir() || folder === parse(folder).root) return { files, complete: false };
  const folders = [folder];
  let looked = 0;
  for (const current of folders) {
    for (const entry of list(current)) {
      if (++looked > limit) return { files, complete: false };
      if (looked % SLICE === 0) await setImmediate();
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (!isClosed(path)) folders.push(path);
      } else if (entry.isFile() && changeTime(path) >= since) files.push(path);
    }
  }
  return { files, complete: true };
}

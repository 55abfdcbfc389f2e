/** What a prediction log may take, and what goes when it takes more. */
import type { PredictionLogSettings } from "../../domain/deploymentSettings";
import { openFile } from "../../store/openFile";
import { logFiles, removeFile, sizeOf } from "./files";
import { lowestId } from "./id";

const DAY_MS = 86_400_000;
const DEFAULT_SIZE = 1_000_000_000;
const DEFAULT_DAYS = 90;
/** Files go as a whole when space is short: an eighth of what may be kept is the most that goes at once. */
const PARTS = 8;
const SMALLEST_PART = 256 * 1024;
const LARGEST_PART = 128 * 1024 * 1024;

export interface Retention {
  /** Bytes of all files. */
  size: number;
  /** Bytes after which another file is begun, and ms. */
  part: number;
  partMs: number;
  /** How long predictions are kept, ms. */
  ms: number;
}

export function retentionOf({ maxSize = DEFAULT_SIZE, days = DEFAULT_DAYS }: PredictionLogSettings): Retention {
  const ms = days * DAY_MS;
  const part = Math.min(LARGEST_PART, Math.max(SMALLEST_PART, Math.floor(maxSize / PARTS)));
  return { size: maxSize, part, partMs: ms / PARTS, ms };
}

/** Removes what is too old or too much; never the file that is being written to, which is the newest. */
export function removeOld(folder: string, retention: Retention, now: number): void {
  const files = logFiles(folder).map((file) => ({ ...file, size: sizeOf(file) }));
  const oldest = now - retention.ms;
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (!next || (next.start >= oldest && total <= retention.size)) break;
    if (removeFile(file)) total -= file.size;
  }
  forget(folder, oldest);
}

/** Within the files that stay. */
function forget(folder: string, oldest: number): void {
  for (const { path, start } of logFiles(folder)) {
    if (start >= oldest) return;
    const db = openFile(path, false);
    try {
      db.write(() => db.run("DELETE FROM predictions WHERE id < ?", lowestId(oldest)));
    } finally {
      db.close();
    }
  }
}

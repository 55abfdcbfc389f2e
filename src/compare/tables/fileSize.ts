import fs from "node:fs";

/** Bytes; 0 when the file cannot be looked at: reading it says why. */
export function fileSize(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The hashes that a dataset's manifest names. What a manifest is: snapshot/manifest.ts. */
import { closeSync, openSync, readSync } from "node:fs";
import { objectPath } from "./objects";

const BUFFER_BYTES = 1 << 20;
const NEWLINE = 10;

/** Of a manifest that is missing, none; of one that is damaged, those that can be read. */
export function* hashesInManifest(folder: string, version: string): Generator<string> {
  let file: number;
  try {
    file = openSync(objectPath(folder, version), "r");
  } catch {
    return;
  }
  try {
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    /** Of the line that is being read: only its beginning counts, since a path may be of any length. */
    let start = "";
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      for (let from = 0; from < count; ) {
        const newline = buffer.subarray(0, count).indexOf(NEWLINE, from);
        const end = newline < 0 ? count : newline;
        if (start.length < 64) start += buffer.toString("latin1", from, Math.min(end, from + 64 - start.length));
        if (newline >= 0) {
          if (/^[0-9a-f]{64}$/.test(start)) yield start;
          start = "";
        }
        from = end + 1;
      }
    }
  } finally {
    closeSync(file);
  }
}

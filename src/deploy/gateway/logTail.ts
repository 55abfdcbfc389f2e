/** The ends of the files that our processes print to. */
import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";

const READ_BYTES = 256 * 1024;
const LARGEST = 5_000_000;

/** The newest lines, oldest first; none when there is no file. */
export function tailLines(file: string, lines: number): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(0, size - READ_BYTES);
    const bytes = Buffer.alloc(size - start);
    const read = readSync(descriptor, bytes, 0, bytes.length, start);
    const found = bytes.toString("utf8", 0, read).split("\n");
    if (found.at(-1) === "") found.pop();
    // The first one is cut off where the file is longer.
    return found
      .slice(start > 0 ? 1 : 0)
      .slice(-lines)
      .map((line) => line.replace(/\r$/, ""));
  } finally {
    closeSync(descriptor);
  }
}

/** A log that has grown is put aside, in place of the one before; who appends to it goes on at its beginning. */
export function turnOver(file: string): void {
  try {
    if (statSync(file).size < LARGEST) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch {
    // It is not there yet, or the disk is full: the next time.
  }
}

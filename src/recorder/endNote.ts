/**
 * How the command ended, on disk the moment it did. What follows (hashing what it wrote) can take long, and a recorder that
 * dies in it must not make a finished run a lost one. The file has its place on the disk from the start, so that a full
 * disk does not matter.
 */
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { IngestBatch } from "../store/contract";

const SIZE = 256;
const FINISHING = "finishing";

const EndNote = z.object({
  exitCode: z.nullable(z.int()),
  signal: z.nullable(z.string()),
  /** Ms since the epoch. */
  endTime: z.number(),
  /** Bytes of the output that could not be written to the log; a full disk that keeps them out keeps warnings out too. */
  lostBytes: z.optional(z.int()),
});
export type EndNote = z.infer<typeof EndNote>;

/** Throws when the run's folder cannot be written. */
export function prepareEndNote(runFolder: string): void {
  write(runFolder, "w", "");
}

/** Never throws: without it, a run whose recorder dies later counts as lost. */
export function writeEndNote(runFolder: string, note: EndNote): void {
  try {
    write(runFolder, "r+", JSON.stringify(note));
  } catch {}
}

/** Null when the command has not been seen to end. */
export function readEndNote(runFolder: string): EndNote | null {
  try {
    return EndNote.parse(JSON.parse(readFileSync(fileIn(runFolder), "utf8")));
  } catch {
    return null;
  }
}

/** What is to be said of a run when its disk did not take all that it should have. */
export function sayLost({ lostBytes = 0 }: Pick<EndNote, "lostBytes">): IngestBatch {
  if (lostBytes === 0) return {};
  const message = "The disk did not take all of the output, so the tracer's notes of files may be incomplete too.";
  return {
    warnings: [`${lostBytes} bytes of the output could not be written to the log.`],
    gaps: [{ kind: "tracer", message }],
  };
}

/** Says that what is left of the run is being read by someone else than its recorder: readers who want all of it wait. */
export function markFinishing(runFolder: string): void {
  try {
    writeFileSync(join(runFolder, FINISHING), "");
  } catch {}
}

export function isMarkedFinishing(runFolder: string): boolean {
  return existsSync(join(runFolder, FINISHING));
}

/** When the run began, in ms since the epoch by the clock of the store's disk; null where disks do not tell. */
export function diskStart(runFolder: string): number | null {
  return statSync(fileIn(runFolder), { throwIfNoEntry: false })?.birthtimeMs || null;
}

function write(runFolder: string, flags: "w" | "r+", content: string): void {
  const file = openSync(fileIn(runFolder), flags, 0o600);
  try {
    writeSync(file, content.padEnd(SIZE), 0, "utf8");
  } finally {
    closeSync(file);
  }
}

function fileIn(runFolder: string): string {
  return join(runFolder, "end.json");
}

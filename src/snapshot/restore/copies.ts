/** Copies kept contents into place on a few threads, each read once: what is written is what has been verified. */
import fs from "node:fs";
import os from "node:os";
import type { RestoreFault } from "../../domain/restore";
import type { GitPath } from "../gitPath";
import { createHashPool, type HashPool, type HashPoolOptions } from "../hashPool";
import type { HashOutcome } from "../hashTask";
import { type FolderWriter, isFatal, Refused } from "./folderWriter";

/** Where bytes with the wanted hash may be. */
export interface Source {
  file: string;
  /** `kept`: by us or by Git LFS. `original`: where the run had it, if it is still the same. */
  kind: "kept" | "original";
  /** Whether the file is known to be untouched since its content was verified: then it need not be read to verify it. */
  isKnown?(): boolean;
  /** False when the file is known to contain something else: then it need not be read to find out. */
  mayBe?(): boolean;
}

export interface CopyJob {
  /** Where it goes. */
  path: GitPath;
  sha256: string;
  /** Bytes; null when unknown. */
  size: number | null;
  /** Whether the store is thought to have had the bytes: what is said when nobody has them. */
  wasKept: boolean;
  /** Of the file to be made, before the user's mask. */
  mode: number;
  /** In the order in which they are tried. */
  sources: Source[];
  /** Whether another file is there, which this one replaces. */
  replace: boolean;
  written(size: number): void;
  /** `message` goes on from the file's name. */
  failed(fault: RestoreFault, message: string): void;
}

const PORTION_FILES = 512;
const PORTION_BYTES = 128 * 2 ** 20;

/** Throws the signal's reason, with all that was under way removed, and what makes the disk unusable. */
export async function copyAll(
  jobs: readonly CopyJob[],
  writer: FolderWriter,
  options: HashPoolOptions,
  signal?: AbortSignal,
): Promise<void> {
  if (jobs.length === 0) return;
  const threads = Math.min(4, Math.max(2, os.availableParallelism()));
  const pool = createHashPool({ threads, ...options });
  const portions = portionsOf(
    jobs.map((job) => ({ job, left: [...job.sources], size: job.size ?? 0, seen: new Set() })),
  );
  const umask = process.umask();
  // Two at a time, so that the threads have work while one is put in place.
  const lane = async () => {
    for (let portion = portions.shift(); portion; portion = portions.shift()) {
      await copyPortion(portion, { writer, pool, umask, signal });
    }
  };
  try {
    await Promise.all([lane(), lane()]);
  } finally {
    portions.length = 0;
    await pool.close();
  }
}

interface Attempt {
  job: CopyJob;
  left: Source[];
  size: number;
  /** What was found instead of the content: for the message. */
  seen: Set<"damaged" | "changed">;
}

interface Copying {
  writer: FolderWriter;
  pool: HashPool;
  umask: number;
  signal: AbortSignal | undefined;
}

function portionsOf(attempts: Attempt[]): Attempt[][] {
  const portions: Attempt[][] = [];
  let current: Attempt[] = [];
  let bytes = 0;
  for (const attempt of attempts) {
    if (current.length === 0 || current.length >= PORTION_FILES || bytes + attempt.size > PORTION_BYTES) {
      current = [];
      bytes = 0;
      portions.push(current);
    }
    current.push(attempt);
    bytes += attempt.size;
  }
  return portions;
}

async function copyPortion(portion: Attempt[], copying: Copying): Promise<void> {
  for (let pending = portion; pending.length > 0; ) {
    const tasks = pending.flatMap((attempt) => nextTask(attempt, copying.writer) ?? []);
    const outcomes = await copying.pool.hash(tasks, copying.signal);
    // Those that failed are tried from their next source.
    pending = tasks.filter((task, index) => !settle(task, outcomes[index]!, copying)).map(({ attempt }) => attempt);
  }
}

interface Task {
  attempt: Attempt;
  source: Source;
  path: string;
  size: number;
  keepIn: null;
  copyTo: string;
  known?: string;
}

/** Null when there is nothing left to try, which the job has been told then. */
function nextTask(attempt: Attempt, writer: FolderWriter): Task | null {
  const { job, left, seen } = attempt;
  try {
    writer.check(job.path);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    job.failed(error.fault, error.message);
    return null;
  }
  for (let source = left.shift(); source; source = left.shift()) {
    const stats = lookAt(source.file);
    if (!stats?.isFile()) continue;
    if ((job.size !== null && stats.size !== job.size) || source.mayBe?.() === false) {
      seen.add(source.kind === "kept" ? "damaged" : "changed");
      continue;
    }
    const known = source.isKnown?.() ? { known: job.sha256 } : {};
    return { attempt, source, path: source.file, size: stats.size, keepIn: null, copyTo: writer.temporary(), ...known };
  }
  if (seen.has("damaged")) job.failed("damaged", "is damaged: what was kept of it has another content now");
  else if (seen.has("changed")) job.failed("not-kept", "was not kept, and has been changed since");
  else if (!job.wasKept) job.failed("not-kept", "was not kept, and is gone from where the run had it");
  else job.failed("gone", "is gone: neither its kept bytes nor the original are there");
  return null;
}

function lookAt(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch {
    return undefined;
  }
}

/** Whether the task is done with, for good or bad. */
function settle({ attempt, source, size, copyTo }: Task, outcome: HashOutcome, { writer, umask }: Copying): boolean {
  const { job, seen } = attempt;
  if (outcome.state === "hashed" && outcome.sha256 === job.sha256 && outcome.notKept === undefined) {
    try {
      // A clone has the mode of what it was made from.
      fs.chmodSync(copyTo, job.mode & ~umask);
      writer.place(copyTo, job.path, job.replace ? "replace" : undefined);
      job.written(size);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      job.failed(error.fault, error.message);
    }
    return true;
  }
  if (outcome.state === "hashed") {
    fs.rmSync(copyTo, { force: true });
    if (outcome.notKept !== undefined) return fail(job, outcome.notKept);
  }
  if (outcome.state !== "missing") seen.add(source.kind === "kept" ? "damaged" : "changed");
  return false;
}

function fail(job: CopyJob, code: string): true {
  const error = Object.assign(new Error(code), { code });
  if (isFatal(error)) throw error;
  job.failed("failed", `could not be written (${code})`);
  return true;
}

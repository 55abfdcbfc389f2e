/** What a job prints, on this terminal as it comes. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Job } from "../../domain/job";
import type { RunEnd, Store } from "../../store/contract";

export interface ViewOptions {
  /** Where to begin in the log, in bytes. */
  from?: number;
  /** What happens to the job besides: "waiting: PENDING (Resources)". */
  onNotice(line: string): void;
  /** Ends the view; the job goes on. */
  signal: AbortSignal;
}

const POLL_MS = 50;
const SLICE = 1 << 20;
/** The store is asked less often than the log. */
const LOOK_EVERY = 4;

/** Resolves when the run has ended and all it printed is out; with null when the view was ended before. */
export async function viewJob(
  store: Store,
  id: string,
  { from = 0, onNotice, signal }: ViewOptions,
): Promise<Pick<RunEnd, "exitCode" | "signal"> | null> {
  const out = createOut(from);
  let told = "";
  for (let round = 0; !signal.aborted; round++) {
    const job = round % LOOK_EVERY === 0 ? store.jobs.get(id) : undefined;
    if (job) {
      const notice = noticeOf(job);
      if (notice !== told && notice !== "") onNotice(notice);
      told = notice;
      if (job.state === "ended") {
        if (job.run !== null) out.copy(store.logPath(job.run));
        return endOf(store, job);
      }
      if (job.run !== null) out.open(store.logPath(job.run));
    }
    if (!out.more()) await wait(POLL_MS, undefined, { signal }).catch(() => {});
  }
  out.close();
  return null;
}

function noticeOf({ state, reason }: Job): string {
  if (reason === null || state === "ended") return "";
  return state === "waiting" ? `waiting: ${reason}` : reason;
}

function endOf(store: Store, { run, outcome }: Job): Pick<RunEnd, "exitCode" | "signal"> {
  const ended = run === null ? undefined : store.getSummaries([run])[0];
  const { exitCode = null, signal = null } = ended ?? {};
  return { exitCode: exitCode ?? (signal === null && outcome !== "finished" ? 1 : null), signal };
}

/** Copies a growing file to standard output. */
function createOut(from: number) {
  let file: number | undefined;
  let offset = from;
  const buffer = Buffer.allocUnsafe(SLICE);

  function more(): boolean {
    if (file === undefined || fstatSync(file).size <= offset) return false;
    const length = readSync(file, buffer, 0, SLICE, offset);
    offset += length;
    writeAll(buffer.subarray(0, length));
    return length > 0;
  }

  function open(path: string): void {
    if (file !== undefined) return;
    try {
      file = openSync(path, "r");
    } catch {
      // It has printed nothing yet.
    }
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    open,
    more,
    close,
    /** What is left of it. */
    copy(path: string) {
      open(path);
      while (more()) {}
      close();
    },
  };
}

/** Straight to the descriptor, so that what is written is out before we end. A reader that is gone, or a closed terminal, is no matter. */
function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAGAIN") return;
      // The other end of a pipe is slow.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The run's own files, filled from pieces of those on a target: each byte once, in its place. */
import { closeSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { fsPath } from "../../ingest/spoolPath";
import type { JobPlan } from "../contract";
import { checked } from "../host/localFolder";

/** Bytes that came too early are kept up to so many; beyond that they are read again. */
const KEPT_BYTES = 64 << 20;
export const LOG = "output.log";
const SPOOL_FILE = /^spool\/[\w-]+\.jsonl$/;

export interface Copies {
  /** Bytes of each file that are here. What is here is what the next follower goes on from. */
  offsets(): Record<string, number>;
  /** Bytes of the file `name` of the job's folder from `offset` on. Those that are here already are passed over. */
  place(name: string, offset: number, bytes: Uint8Array): void;
  /** Whether bytes are here that others before them are missing of. */
  hasHoles(): boolean;
  /** Takes what there is, and stands something in for what is missing, so that offsets stay right. Gives sentences on it. */
  giveUp(): string[];
}

/** Pieces of a file that something before is missing of, by their offsets. */
interface Early {
  /** The lowest of them. */
  first: number;
  pieces: Map<number, Uint8Array>;
}

/** `work`: a folder for files of `work/`, where they come this way; what is named otherwise is no file of a job. */
export function createCopies(plan: Pick<JobPlan, "logPath" | "spool">, spoolNames: string[], work?: string): Copies {
  const sizes = new Map<string, number>();
  const early = new Map<string, Early>();
  let kept = 0;

  function placeOf(name: string): string | null {
    if (name === LOG) return plan.logPath;
    if (SPOOL_FILE.test(name)) return path.join(plan.spool, name.slice("spool/".length));
    if (work && name.startsWith("work/")) return path.join(work, checked(name.slice("work/".length)));
    return null;
  }

  function sizeOf(name: string, file: string): number {
    let size = sizes.get(name);
    if (size === undefined) {
      size = statSync(fsPath(file), { throwIfNoEntry: false })?.size ?? 0;
      sizes.set(name, size);
    }
    return size;
  }

  function append(name: string, file: string, bytes: Uint8Array): void {
    const size = sizeOf(name, file);
    if (size === 0) mkdirSync(fsPath(path.dirname(file)), { recursive: true });
    const descriptor = openSync(fsPath(file), "a", 0o600);
    try {
      for (let written = 0; written < bytes.length; ) {
        const count = writeSync(descriptor, bytes, written);
        written += count;
        sizes.set(name, size + written);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  function place(name: string, offset: number, bytes: Uint8Array): void {
    const file = placeOf(name);
    if (file === null) return;
    const size = sizeOf(name, file);
    if (offset > size) {
      keep(name, offset, bytes);
      return;
    }
    if (offset + bytes.length <= size) return;
    append(name, file, bytes.subarray(size - offset));
    const waiting = early.get(name);
    if (waiting && waiting.first <= sizeOf(name, file)) placeWaiting(name, file, waiting);
  }

  function keep(name: string, offset: number, bytes: Uint8Array): void {
    const waiting = early.get(name) ?? { first: offset, pieces: new Map() };
    const known = waiting.pieces.get(offset);
    // What is read again comes again.
    if (known && known.length >= bytes.length) return;
    const more = bytes.length - (known?.length ?? 0);
    if (kept + more > KEPT_BYTES) return;
    kept += more;
    waiting.first = Math.min(waiting.first, offset);
    waiting.pieces.set(offset, bytes);
    early.set(name, waiting);
  }

  /** As many as follow each other. */
  function placeWaiting(name: string, file: string, waiting: Early): void {
    early.delete(name);
    for (const offset of [...waiting.pieces.keys()].sort((one, other) => one - other)) {
      const size = sizeOf(name, file);
      if (offset > size) {
        early.set(name, { ...waiting, first: offset });
        return;
      }
      const bytes = waiting.pieces.get(offset)!;
      waiting.pieces.delete(offset);
      kept -= bytes.length;
      if (offset + bytes.length > size) append(name, file, bytes.subarray(size - offset));
    }
  }

  function fill(name: string): number {
    const file = placeOf(name)!;
    const size = sizeOf(name, file);
    const missing = early.get(name)!.first - size;
    place(name, size, standIn(name, missing));
    return missing;
  }

  return {
    place,
    offsets() {
      const names = [LOG, ...spoolNames.map((name) => `spool/${name}`), ...sizes.keys()];
      return Object.fromEntries([...new Set(names)].map((name) => [name, sizeOf(name, placeOf(name)!)]));
    },
    hasHoles: () => early.size > 0,
    giveUp() {
      const said: string[] = [];
      for (const name of [...early.keys()]) {
        while (early.has(name))
          said.push(`${fill(name)} bytes of ${name === LOG ? "the output" : name} did not arrive.`);
      }
      return said;
    },
  };
}

/** Readers of the spool pass over empty lines; readers of the log see that something is missing. */
function standIn(name: string, size: number): Buffer {
  const text = `\n[modeltrail: ${size} bytes of the output did not arrive]\n`;
  const fits = name === LOG && text.length <= size;
  return Buffer.from((fits ? text.slice(0, -1) : "").padEnd(size - 1, fits ? " " : "\n").concat("\n"));
}

/**
 * Where what clients log goes while the store cannot take it (its disk is full): a file that has its place on the disk
 * before that. It holds requests, to be carried out when there is room again, also after a crash.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";

/** Bytes: some ten thousand logged metrics. */
const SIZE = 1 << 20;
const LIMIT = Buffer.alloc(1);

const Kept = z.object({ method: z.string(), path: z.string(), body: z.string() });
export type KeptRequest = z.infer<typeof Kept>;

export interface Reserve {
  /** False when there is no room for it either: it is counted then. */
  keep(request: KeptRequest): boolean;
  /** How many there was no room for. */
  readonly dropped: number;
  readonly isEmpty: boolean;
  /** Hands over each in order and forgets it when that went well. Throws what `carryOut` throws; the rest is kept. */
  replay(carryOut: (request: KeptRequest) => Promise<void>): Promise<void>;
  /** Nothing can be kept afterwards; the file is removed when it holds nothing. */
  close(): void;
}

export function reservePath(runFolder: string): string {
  return join(runFolder, "mlflow-reserve");
}

/** In the run's folder. Throws when the disk does not give the place; one that is there is gone on with. */
export function openReserve(runFolder: string): Reserve {
  const path = reservePath(runFolder);
  const file = openSync(path, "a+", 0o600);
  closeSync(file);
  const fd = openSync(path, "r+");
  try {
    allocate(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const kept = readKept(fd);
  let end = kept.reduce((sum, request) => sum + lineOf(request).length, 0);
  let dropped = 0;

  /** What is left, from the start of the file. */
  function rewrite(): void {
    const lines = Buffer.concat([...kept.map(lineOf), LIMIT]);
    writeAll(fd, lines, 0);
    end = lines.length - LIMIT.length;
  }

  return {
    keep(request) {
      const line = lineOf(request);
      try {
        if (end + line.length + LIMIT.length > SIZE) throw new Error("full");
        writeAll(fd, Buffer.concat([line, LIMIT]), end);
      } catch {
        dropped++;
        return false;
      }
      kept.push(request);
      end += line.length;
      return true;
    },
    get dropped() {
      return dropped;
    },
    get isEmpty() {
      return kept.length === 0;
    },
    async replay(carryOut) {
      let done = 0;
      try {
        for (const request of [...kept]) {
          await carryOut(request);
          done++;
        }
      } finally {
        kept.splice(0, done);
        if (done > 0) rewrite();
      }
    },
    close() {
      closeSync(fd);
      if (kept.length === 0) rmSync(path, { force: true });
    },
  };
}

/** Zeros, and not a hole: a hole has no place on the disk. */
function allocate(fd: number): void {
  const { size } = fstatSync(fd);
  if (size < SIZE) writeAll(fd, Buffer.alloc(SIZE - size), size);
}

/** Up to the first zero, or the first line that was not written whole. */
function readKept(fd: number): KeptRequest[] {
  const content = Buffer.alloc(SIZE);
  const text = content.toString("utf8", 0, readSync(fd, content, 0, SIZE, 0));
  const kept: KeptRequest[] = [];
  const lines = text.split("\0", 1)[0]!.split("\n");
  for (const line of lines.slice(0, -1)) {
    try {
      kept.push(Kept.parse(JSON.parse(line)));
    } catch {
      break;
    }
  }
  return kept;
}

function lineOf({ method, path, body }: KeptRequest): Buffer {
  return Buffer.from(`${JSON.stringify({ method, path, body })}\n`);
}

function writeAll(fd: number, data: Uint8Array, position: number): void {
  for (let written = 0; written < data.length; ) {
    written += writeSync(fd, data, written, data.length - written, position + written);
  }
}

/** What python/host/transfer.py says: lists of lines, and files, which are written as they come. */
import {
  chmodSync,
  closeSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { fsPath } from "../../ingest/spoolPath";

export type Line = (string | number | boolean | null)[];

export interface Incoming {
  /** For the output of the other side; throws nothing. */
  write(chunk: Buffer): void;
  /** The lines up to the next empty one. Rejects when the other side ends before that. */
  list(): Promise<Line[]>;
  /** From now on lines describe files, which are written below the folder. */
  expectFiles(): void;
  /** What went wrong on the other side, or here when a file was written. */
  error(): string | undefined;
  /** The other side has ended. */
  end(): void;
}

interface Part {
  file: number;
  part: string | Buffer;
  target: string | Buffer;
  time: number;
  mode: number;
}

/** `files`: what indexes mean, relative to `root`. */
export function createIncoming(root: string, files: readonly string[] = []): Incoming {
  let rest: Buffer = Buffer.alloc(0);
  let lines: Line[] = [];
  const lists: Line[][] = [];
  let waiting: { resolve(list: Line[]): void; reject(error: Error): void } | undefined;
  let asFiles = false;
  let error: string | undefined;
  let ended = false;
  /** The file that comes in, and the bytes of its current piece that are missing; null between pieces. */
  let open: Part | undefined;
  let missing: number | null = null;

  function write(chunk: Buffer): void {
    if (error !== undefined) return;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    try {
      while (step());
    } catch (fault) {
      error = (fault as Error).message;
      drop();
    }
  }

  /** Takes what is next off `rest`; false when more has to come first. */
  function step(): boolean {
    if (open && missing !== null) {
      const taken = rest.subarray(0, missing);
      for (let at = 0; at < taken.length; ) at += writeSync(open.file, taken, at);
      missing = missing === taken.length ? null : missing - taken.length;
      rest = rest.subarray(taken.length);
      return rest.length > 0;
    }
    const at = rest.indexOf(10);
    if (at < 0) return false;
    const text = rest.toString("utf8", 0, at);
    rest = rest.subarray(at + 1);
    if (open && /^\d+$/.test(text)) {
      missing = Number(text) || null;
      if (missing === null) close(open);
    } else take(text);
    return true;
  }

  function take(text: string): void {
    if (text === "") {
      lists.push(lines);
      lines = [];
      hand();
      return;
    }
    const line = JSON.parse(text) as Line | { error: string };
    if (!Array.isArray(line)) throw new Error(line.error);
    if (asFiles) begin(line);
    else lines.push(line);
  }

  function begin([index, kind, mtimeNs, mode, to]: Line): void {
    const relative = files[index as number];
    if (relative === undefined) throw new Error(`the other side speaks of a file ${index} that nobody asked for`);
    const full = path.join(root, relative);
    const target = fsPath(full);
    const time = Math.floor(Number(mtimeNs) / 1000) / 1e6;
    if (kind === "times") {
      chmodSync(target, Number(mode));
      utimesSync(target, time, time);
      return;
    }
    mkdirSync(fsPath(path.dirname(full)), { recursive: true });
    const part = fsPath(path.join(path.dirname(full), `.modeltrail-${process.pid}.part`));
    rmSync(part, { force: true });
    if (kind === "link") {
      symlinkSync(fsPath(String(to)), part);
      lutimesSync(part, time, time);
      renameSync(part, target);
    } else open = { file: openSync(part, "wx"), part, target, time, mode: Number(mode) };
  }

  function close({ file, part, target, time, mode }: Part): void {
    open = undefined;
    closeSync(file);
    chmodSync(part, mode);
    utimesSync(part, time, time);
    renameSync(part, target);
  }

  /** Never half a file under its name. */
  function drop(): void {
    if (!open) return;
    closeSync(open.file);
    rmSync(open.part, { force: true });
    open = undefined;
  }

  function hand(): void {
    if (waiting && lists.length > 0) {
      waiting.resolve(lists.shift()!);
      waiting = undefined;
    } else if (waiting && ended) {
      waiting.reject(new Error("The other side ended before it had told all."));
      waiting = undefined;
    }
  }

  return {
    write,
    list: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        hand();
      }),
    expectFiles() {
      asFiles = true;
    },
    error: () => error,
    end() {
      ended = true;
      drop();
      hand();
    },
  };
}

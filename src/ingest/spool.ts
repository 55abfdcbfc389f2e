/** Tails the tracer's spool: a folder of append-only JSON-lines files, one per Python process of the run. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { parseSpoolLine, type SpoolEvent } from "./spoolEvent";

/** Bytes looked at in one call, and the longest line that is understood. */
const SLICE = 1 << 20;
const NEWLINE = 10;

/** An event, with the process that wrote it: the name of its spool file without the extension, `<pid>-<start>`. */
export type SpoolRecord = SpoolEvent & { process: string };

export interface SpoolRead<Event = SpoolEvent> {
  /** In the order of writing within each process; processes one after the other. */
  events: (Event & { process: string })[];
  /** Lines since the last read that could not be understood, or were torn off at the end. */
  damaged: number;
  /** True when work is left: ask again at once. */
  more: boolean;
}

export interface SpoolReader<Event = SpoolEvent> {
  /** What was written since the last call, at most about 1 MiB. `final`: a torn last line will not be completed. */
  read(final: boolean): SpoolRead<Event>;
  /** JSON-able; give it to `createSpoolReader` to go on from here. */
  checkpoint(): unknown;
}

/** Per file: bytes read, and whether we are inside a line that is longer than a slice. */
const Checkpoint = z.object({
  files: z.record(z.string(), z.object({ offset: z.number(), skipping: z.optional(z.boolean()) })),
});
type Place = z.infer<typeof Checkpoint>["files"][string];

/** A reader of a spool folder, which need not exist yet. A checkpoint that is not one of ours starts from zero. */
export function createSpoolReader(folder: string, checkpoint?: unknown): SpoolReader {
  return createLinesReader(folder, parseSpoolLine, checkpoint);
}

/** The same for lines of another kind; `slice`: bytes looked at in one call, and the longest line that is understood. */
export function createLinesReader<Event extends object>(
  folder: string,
  parse: (line: string) => Event | "unknown" | "damaged",
  checkpoint?: unknown,
  slice = SLICE,
): SpoolReader<Event> {
  const places = new Map<string, Place>(Object.entries(Checkpoint.safeParse(checkpoint).data?.files ?? {}));
  const buffer = Buffer.allocUnsafe(slice);

  /** Reads on in one file, at most a slice; adds to `into` and returns the number of bytes looked at. */
  function readFile(name: string, final: boolean, into: SpoolRead<Event>): number {
    const place = places.get(name) ?? { offset: 0 };
    const { size, length } = readAt(join(folder, name), place.offset, buffer);
    if (length === 0) return 0;
    const bytes = buffer.subarray(0, length);
    const atEnd = place.offset + length >= size;
    // Inside a line that is too long, everything up to its end is passed over.
    const start = place.skipping ? bytes.indexOf(NEWLINE) + 1 : 0;
    const passing = place.skipping === true && start === 0;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (start < end) parseLines(bytes.toString("utf8", start, end - 1), name, into);

    const tooLong = !passing && end === 0 && length === slice;
    const torn = !passing && final && atEnd && end < length;
    if (tooLong || torn) into.damaged += 1;
    const skipping = passing || tooLong;
    places.set(name, { offset: place.offset + (skipping || torn ? length : end), ...(skipping ? { skipping } : {}) });
    if (!atEnd) into.more = true;
    return length;
  }

  function parseLines(text: string, name: string, into: SpoolRead<Event>): void {
    const process = name.slice(0, -".jsonl".length);
    for (const line of text.split("\n")) {
      if (line.trim() === "") continue;
      const event = parse(line);
      if (event === "damaged") into.damaged += 1;
      else if (event !== "unknown") into.events.push({ ...event, process });
    }
  }

  function read(final: boolean): SpoolRead<Event> {
    const result: SpoolRead<Event> = { events: [], damaged: 0, more: false };
    let looked = 0;
    for (const name of spoolFiles(folder)) {
      if (looked >= slice) {
        result.more = true;
        break;
      }
      // A file that cannot be read now (a virus scanner holds it, it is gone) is tried again by the next call.
      try {
        looked += readFile(name, final, result);
      } catch {}
    }
    return result;
  }

  return { read, checkpoint: () => ({ files: Object.fromEntries(places) }) };
}

/** Reads into `buffer` from an offset of a regular file; `size` is the file's, `length` what was read. */
function readAt(path: string, offset: number, buffer: Buffer): { size: number; length: number } {
  const file = openSync(path, "r");
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size <= offset) return { size: offset, length: 0 };
    return { size: stat.size, length: readSync(file, buffer, 0, Math.min(buffer.length, stat.size - offset), offset) };
  } finally {
    closeSync(file);
  }
}

function spoolFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .sort();
  } catch {
    return [];
  }
}

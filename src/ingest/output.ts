/** Metrics from what the run prints: reads the raw log on from where it was, and matches its lines. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import * as z from "zod/mini";
import type { MetricPoint } from "../domain/run";
import { createLineTail, SavedTail } from "./outputLines";
import { createPlacer, SavedPlace } from "./outputPoints";
import { createScanner } from "./outputScan";
import type { OwnRules } from "./ownRules";
import type { Source, SourceRead } from "./source";

/** Bytes looked at in one call. */
const SLICE = 256 << 10;
/** Ms between looks at a line that is being rewritten by carriage returns. */
const PREVIEW_EVERY = 1_000;
const LINE_FEED = 10;

/** Points of finished lines; and of lines in progress, which those of finished ones replace. */
const ID = "output";
const PREVIEW_ID = "output-preview";

export interface OutputReader extends Source {
  /** The step that a metric's last value was given, for sources that know none. */
  lastStep(key: string): number | undefined;
}

const Checkpoint = z.object({
  /** Bytes of the log that were taken in. */
  offset: z.number(),
  tail: SavedTail,
  place: SavedPlace,
  quoting: z.boolean(),
  /** Whether too many names were warned of. */
  warned: z.boolean(),
});

/**
 * A reader of the raw log at `logPath`, which need not exist yet; `rules` are the project's own. Points get the time of the log's last write, so that they
 * are right too when another process reads them later.
 */
export function createOutputReader(logPath: string, checkpoint?: unknown, rules?: OwnRules): OutputReader {
  const saved = Checkpoint.safeParse(checkpoint).data;
  const buffer = Buffer.allocUnsafe(SLICE);
  const tail = createLineTail(saved?.tail);
  const scanner = createScanner(saved?.quoting, rules);
  const placer = createPlacer(saved?.place);
  let offset = saved?.offset ?? 0;
  let warned = saved?.warned ?? false;
  let nextPreview = 0;

  function takeLine(line: string, time: number, into: MetricPoint[]): void {
    const match = scanner.one(line);
    if (match) placer.place(match, time, true, into);
  }

  function takeChunk(bytes: Buffer, time: number, into: MetricPoint[]): void {
    const firstEnd = bytes.indexOf(LINE_FEED);
    if (firstEnd < 0) {
      tail.add(bytes.toString("latin1"));
      return;
    }
    const lastEnd = bytes.lastIndexOf(LINE_FEED);
    takeLine(tail.end(bytes.toString("latin1", 0, firstEnd)), time, into);
    scanner.many(bytes.subarray(firstEnd + 1, lastEnd + 1), (match) => placer.place(match, time, true, into));
    tail.add(bytes.toString("latin1", lastEnd + 1));
  }

  /** Looks at the line in progress, if it has been there for a while: most end at once. */
  function preview(time: number): MetricPoint[] {
    const points: MetricPoint[] = [];
    const state = tail.state();
    if (state === "") nextPreview = 0;
    else if (nextPreview === 0) nextPreview = time + PREVIEW_EVERY;
    else if (time >= nextPreview) {
      nextPreview = time + PREVIEW_EVERY;
      const match = scanner.one(state);
      if (match) placer.place(match, time, false, points);
    }
    return points;
  }

  return {
    id: ID,
    lastStep: placer.lastStep,
    read(final) {
      const { length, size, time } = readLog(logPath, offset, buffer);
      offset += length;
      const more = offset < size;
      const points: MetricPoint[] = [];
      if (length > 0) takeChunk(buffer.subarray(0, length), time, points);
      if (final && !more) takeLine(tail.end(""), time, points);
      const previews = more ? [] : preview(time);

      const groups = [
        { source: ID, points },
        { source: PREVIEW_ID, points: previews },
      ].filter((group) => group.points.length > 0);
      const result: SourceRead = { more, ...(groups.length > 0 && { points: groups }) };
      if (placer.full && !warned) {
        warned = true;
        result.warnings = ["The output reports more than 1,000 metrics; those beyond are left out."];
      }
      return result;
    },
    left: () => Math.max(0, (statSync(logPath, { throwIfNoEntry: false })?.size ?? 0) - offset),
    checkpoint: () => ({
      offset,
      tail: tail.save(),
      place: placer.save(),
      quoting: scanner.quoting,
      warned,
    }),
  };
}

/** Reads into `buffer` from an offset; `time` is that of the last write, in ms. Nothing when the log is not there. */
function readLog(path: string, offset: number, buffer: Buffer): { length: number; size: number; time: number } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return { length: 0, size: offset, time: 0 };
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    const length = size > offset ? readSync(file, buffer, 0, Math.min(buffer.length, size - offset), offset) : 0;
    return { length, size: length > 0 ? size : offset, time: Math.floor(mtimeMs) };
  } finally {
    closeSync(file);
  }
}

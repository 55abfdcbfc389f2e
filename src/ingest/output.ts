/** Metrics from what the run prints: reads the raw log on from where it was, and matches its lines. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import type { MetricPoint } from "../domain/run";
import { createLineTail, type LineTail, lastState, SavedTail } from "./outputLines";
import { CANDIDATE } from "./outputPatterns";
import { type LineMatch, matchLine } from "./outputRules";
import { createSeriesSet, SavedSeries } from "./outputSeries";
import type { Source, SourceRead } from "./source";

/** Bytes looked at in one call. */
const SLICE = 256 << 10;
/** Ms between looks at a line that is being rewritten by carriage returns. */
const PREVIEW_EVERY = 1_000;

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
  series: SavedSeries,
  epoch: z.number().optional(),
  /** The epoch whose progress bar was finished last. */
  barOf: z.number().optional(),
  /** Whether the last whole line announced a line of source. */
  quoting: z.boolean(),
  warned: z.boolean(),
});

/**
 * A reader of the raw log at `logPath`, which need not exist yet. Points get the time of the log's last write, so that they
 * are right too when another process reads them later.
 */
export function createOutputReader(logPath: string, checkpoint?: unknown): OutputReader {
  const saved = Checkpoint.safeParse(checkpoint).data;
  const buffer = Buffer.allocUnsafe(SLICE);
  const series = createSeriesSet(saved?.series);
  const tail = createLineTail(saved?.tail);
  let offset = saved?.offset ?? 0;
  let epoch = saved?.epoch;
  let barOf = saved?.barOf;
  let quoting = saved?.quoting ?? false;
  let warned = saved?.warned ?? false;
  let nextPreview = 0;

  /** The points of one line; `keep` false for a line that may yet change. */
  function pointsOf(raw: string, time: number, keep: boolean): MetricPoint[] {
    const match = matchLine(cleanLine(raw));
    if (!match) return [];
    const current = match.epoch ?? epoch;
    const evaluation = match.bar === "keras" && match.epoch === undefined && current !== undefined && barOf === current;
    if (keep) {
      epoch = current;
      if (match.bar && match.step === match.total) barOf = current;
    }
    const position = evaluation ? {} : positionOf(match, current);
    const points: MetricPoint[] = [];
    for (const [name, value] of match.values) {
      // Keras prints `evaluate()` after training as it prints an epoch: that is no further value of the epoch's series.
      const key = evaluation ? `eval_${name}` : name;
      const step = series.place(key, position, keep);
      if (step !== undefined) points.push({ key, value, step, time });
    }
    return points;
  }

  function readChunk(bytes: Buffer, time: number): MetricPoint[] {
    const text = bytes.toString("latin1");
    const lineEnd = text.lastIndexOf("\n");
    if (lineEnd < 0) {
      tail.add(text);
      return [];
    }
    const points: MetricPoint[] = [];
    const firstEnd = text.indexOf("\n");
    const first = tail.end(text.slice(0, firstEnd));
    if (isCandidate(first) && !(quoting && isIndented(first, 0))) points.push(...pointsOf(first, time, true));
    quoting = announcesSource(first, 0);
    let from = firstEnd + 1;
    while (from < lineEnd) {
      CANDIDATE.lastIndex = from;
      const found = CANDIDATE.exec(text);
      if (!found || found.index >= lineEnd) break;
      const end = text.indexOf("\n", found.index);
      const start = lineStart(text, found.index);
      const quoted =
        isIndented(text, start) &&
        (start === firstEnd + 1 ? quoting : announcesSource(text, lineStart(text, start - 1)));
      if (!quoted) for (const point of pointsOf(lastState(text.slice(start, end)), time, true)) points.push(point);
      from = end + 1;
    }
    if (lineEnd > firstEnd) quoting = announcesSource(text, lineStart(text, lineEnd));
    tail.add(text.slice(lineEnd + 1));
    return points;
  }

  function preview(time: number, tail: LineTail): MetricPoint[] {
    const state = tail.state();
    if (state === "") {
      nextPreview = 0;
      return [];
    }
    // A line is looked at only once it has been there for a while: most end at once.
    if (nextPreview === 0) nextPreview = time + PREVIEW_EVERY;
    if (time < nextPreview) return [];
    nextPreview = time + PREVIEW_EVERY;
    return isCandidate(state) ? pointsOf(state, time, false) : [];
  }

  function read(final: boolean): SourceRead {
    const { length, size, time } = readLog(logPath, offset, buffer);
    const result: SourceRead = { more: offset + length < size };
    offset += length;
    const points = length > 0 ? readChunk(buffer.subarray(0, length), time) : [];
    let previews: MetricPoint[] = [];
    if (!result.more) {
      if (final) {
        const last = tail.end("");
        if (isCandidate(last)) points.push(...pointsOf(last, time, true));
      } else previews = preview(time, tail);
    }
    if (points.length > 0) result.points = [{ source: ID, points }];
    if (previews.length > 0) result.points = [...(result.points ?? []), { source: PREVIEW_ID, points: previews }];
    if (series.full && !warned) {
      warned = true;
      result.warnings = ["The output reports more than 1,000 metrics; those beyond are left out."];
    }
    return result;
  }

  return {
    id: ID,
    read,
    lastStep: series.lastStep,
    checkpoint: () => ({ offset, tail: tail.save(), series: series.save(), epoch, barOf, quoting, warned }),
  };
}

/** Where the line begins that holds `at`, which may be its line feed. */
function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** In a traceback, a line such as `  File "train.py", line 3` is followed by the line of source, indented further. */
function announcesSource(text: string, start: number): boolean {
  return text.startsWith('  File "', start);
}

function isIndented(text: string, start: number): boolean {
  return text.startsWith("    ", start);
}

/** A progress bar counts batches: within an epoch its values are the epoch's. */
function positionOf(match: LineMatch, epoch: number | undefined) {
  if (match.bar) return epoch === undefined ? { step: match.step } : { epoch };
  return { epoch, step: match.step, total: match.total };
}

function isCandidate(line: string): boolean {
  CANDIDATE.lastIndex = 0;
  return CANDIDATE.test(line);
}

/** Text without colours and cursor movements; the log is read byte by byte, so that only lines that count are decoded. */
function cleanLine(raw: string): string {
  let line = raw;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x08\x0b-\x1f]/.test(line)) line = stripVTControlCharacters(line).replace(/[\x00-\x08\x0b-\x1f]/g, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything that is not ASCII
  if (/[^\x00-\x7f]/.test(line)) line = Buffer.from(line, "latin1").toString("utf8");
  return line;
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

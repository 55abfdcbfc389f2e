/** A search through all of a run's log, however long: read in pieces, so that it can be given up and goes on where it was. */
import { type FileHandle, open } from "node:fs/promises";
import { terminalText } from "../domain/terminalText";

/** The start of a line of the raw log. */
export interface LogPosition {
  /** Bytes before it. */
  offset: number;
  /** Its number, from 1. */
  line: number;
}

/** A line with the text that was searched for. */
export interface LogHit extends LogPosition {
  /** The line as a terminal would have shown it, of a long one the part around the text. */
  before: string;
  match: string;
  after: string;
}

export interface LogSearchPart {
  hits: LogHit[];
  /** Where to go on: at the log's end the start of the line that is not finished yet. */
  next: LogPosition;
  /** Whether the log was read to its end. */
  done: boolean;
  /** Bytes of the log. */
  size: number;
}

export interface LogSearch {
  /** Upper and lower case are the same. */
  text: string;
  from: LogPosition;
  /** Hits after which the search pauses. */
  limit: number;
  /** Bytes after which it pauses. */
  most: number;
}

export const LOG_START: LogPosition = { offset: 0, line: 1 };

const CHUNK = 1 << 20;
/** What shows of a long line, before and after the text. */
const AROUND = { before: 120, after: 300 };

/** From a position on. Rejects with the signal's reason once it aborts. A log that does not exist yet is empty. */
export async function searchLog(path: string, search: LogSearch, signal: AbortSignal): Promise<LogSearchPart> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return { hits: [], next: LOG_START, done: true, size: 0 };
  try {
    return await searchFile(file, search, signal);
  } finally {
    await file.close();
  }
}

async function searchFile(file: FileHandle, search: LogSearch, signal: AbortSignal): Promise<LogSearchPart> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(CHUNK);
  const hits: LogHit[] = [];
  let at = search.from;
  while (at.offset < size) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, CHUNK, at.offset);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    const whole = bytes.lastIndexOf("\n") + 1;
    const isEnd = at.offset + bytesRead >= size;
    // A line longer than a chunk is searched in pieces that overlap; the last line of all may be going on.
    const taken = isEnd || whole === 0 ? bytesRead : whole;
    const overlap = isEnd || whole > 0 ? 0 : Buffer.byteLength(search.text) - 1;
    const found = hitsIn(bytes.subarray(0, taken), at, search.text, search.limit - hits.length);
    hits.push(...found.hits);
    if (found.stopped) return { hits, next: found.next, done: false, size };
    if (isEnd) {
      const last = { offset: at.offset + whole, line: at.line + countLines(bytes.subarray(0, whole)) };
      return { hits, next: last, done: true, size };
    }
    at = { offset: at.offset + taken - overlap, line: at.line + countLines(bytes.subarray(0, taken)) };
    if (at.offset - search.from.offset >= search.most) return { hits, next: at, done: false, size };
  }
  return { hits, next: at, done: true, size };
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** Signs that make a line look other than its bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\x08\x1b]|\r(?!\n)/;

/** `start`: where the bytes begin. `stopped`: there may be more behind `next`. */
function hitsIn(bytes: Buffer, start: LogPosition, text: string, limit: number) {
  const content = bytes.toString("utf8");
  const wanted = text.toLowerCase();
  const hits: LogHit[] = [];
  // Nearly all of a long log has no hit: one look at a whole chunk tells so.
  if (!CONTROL.test(content) && !content.toLowerCase().includes(wanted)) return { hits, next: start, stopped: false };
  let { offset, line } = start;
  for (let at = 0; at < content.length; ) {
    const found = content.indexOf("\n", at);
    const end = found < 0 ? content.length : found + 1;
    const raw = content.slice(at, end);
    const hit = hitIn(shownLine(raw), wanted);
    if (hit && hits.length === limit) return { hits, next: { offset, line }, stopped: true };
    if (hit) hits.push({ offset, line, ...hit });
    offset += Buffer.byteLength(raw);
    line++;
    at = end;
  }
  return { hits, next: start, stopped: false };
}

/** A line as a terminal would have shown it in the end. */
export function shownLine(raw: string): string {
  const line = raw.replace(/\r?\n$/, "");
  return CONTROL.test(line) ? terminalText(line) : line;
}

function hitIn(line: string, wanted: string): Pick<LogHit, "before" | "match" | "after"> | undefined {
  const at = line.toLowerCase().indexOf(wanted);
  if (at < 0) return undefined;
  const end = at + wanted.length;
  const from = Math.max(0, at - AROUND.before);
  const before = from > 0 ? `…${line.slice(from, at)}` : line.slice(0, at);
  const after = line.slice(end, end + AROUND.after);
  return { before, match: line.slice(at, end), after: end + AROUND.after < line.length ? `${after}…` : after };
}

/** A part of a run's log around one of its lines. */
import { open } from "node:fs/promises";
import { type LogPosition, shownLine } from "./logSearch";

export interface LogPlace {
  /** Where the first of the lines begins. */
  from: LogPosition;
  /** Where the line behind the last of them begins. */
  to: LogPosition;
  /** As a terminal would have shown each. */
  lines: string[];
  /** Bytes of the log. */
  size: number;
}

/** What is read before and behind the position. */
const BEFORE = 30_000;
const BEHIND = 60_000;
/** What shows of an endless line. */
const WIDEST = 10_000;

/** Whole lines around `position`, which is where a line begins. Rejects when there is no log. */
export async function readLogPlace(path: string, position: LogPosition): Promise<LogPlace> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, position.offset - BEFORE);
    const buffer = Buffer.alloc(Math.min(size, position.offset + BEHIND) - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const bytes = buffer.subarray(0, bytesRead);
    const at = position.offset - start;
    // Lines that begin before what was read are left out.
    const first = start === 0 ? 0 : Math.min(at, bytes.indexOf("\n") + 1 || at);
    const before = linesOf(bytes.subarray(first, at));
    const behind = wholeLines(bytes.subarray(at), start + bytesRead >= size);
    const lines = linesOf(behind);
    return {
      from: { offset: start + first, line: position.line - before.length },
      to: { offset: position.offset + behind.length, line: position.line + lines.length },
      lines: [...before, ...lines].map((line) => shownLine(line.slice(0, WIDEST))),
      size,
    };
  } finally {
    await file.close();
  }
}

/** Without the last one, where it goes on beyond what was read; but at least one. */
function wholeLines(bytes: Buffer, isEnd: boolean): Buffer {
  const end = bytes.lastIndexOf("\n") + 1;
  return isEnd || end === 0 ? bytes : bytes.subarray(0, end);
}

/** With their ends. */
const linesOf = (bytes: Buffer): string[] => bytes.toString("utf8").match(/[^\n]*\n|[^\n]+$/g) ?? [];

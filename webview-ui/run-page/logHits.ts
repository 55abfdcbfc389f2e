/** What a search of the log has found so far. */
import type { LogHit, LogPosition } from "../../src/protocol/runPage";

export interface LogHits {
  /** What was searched for. */
  text: string;
  hits: readonly LogHit[];
  next: LogPosition;
  /** Whether the whole log was searched, as it was then. */
  done: boolean;
  /** Bytes of the log. */
  size: number;
}

export const noHits = (text: string): LogHits => ({
  text,
  hits: [],
  next: { offset: 0, line: 1 },
  done: false,
  size: 0,
});

/** The last line of a log that goes on may be found twice: then it is the later one that counts. */
export function addHits(known: LogHits, part: Omit<LogHits, "text">): LogHits {
  const [first] = part.hits;
  const kept = first ? known.hits.filter(({ offset }) => offset < first.offset) : known.hits;
  return { text: known.text, ...part, hits: [...kept, ...part.hits] };
}

/** "3 lines", "1 line so far, 40% searched". */
export function hitsWords({ hits, next, done, size }: LogHits): string {
  const count = hits.length === 1 ? "1 line" : `${hits.length.toLocaleString()} lines`;
  if (done) return count;
  return `${count} so far, ${size > 0 ? Math.floor((next.offset / size) * 100) : 0}% searched`;
}

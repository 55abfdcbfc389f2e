/** JSON lines over a pipe, also lines of many megabytes. */
import type { Readable } from "node:stream";

const NEWLINE = 10;

/** Calls `onLine` with each line, without its end; one that has no end is dropped, as its writer died in it. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  // Pieces are joined once per line: joining at each would take quadratic time.
  let pieces: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pieces.push(chunk.subarray(start, end));
      const line = Buffer.concat(pieces).toString("utf8");
      pieces = [];
      start = end + 1;
      if (line !== "") onLine(line);
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  });
}

/** Python's last word in a spool file: where a large spool would take long to read whole, only its end is looked at. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parseSpoolLine, type SpoolEventOf } from "../../ingest/spoolEvent";

const TAIL = 16 << 10;

/** Undefined when Python had none: it was killed, or goes on. */
export function lastWord(spoolFile: string): SpoolEventOf<"close"> | undefined {
  const line = tail(spoolFile).trimEnd().split("\n").at(-1) ?? "";
  const event = parseSpoolLine(line);
  return typeof event === "object" && event.e === "close" ? event : undefined;
}

function tail(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, TAIL));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8");
  } finally {
    closeSync(file);
  }
}

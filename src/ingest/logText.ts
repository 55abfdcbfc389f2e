/** A run's log as a document: the end of it when it is large, as a terminal would have shown it. */
import { open } from "node:fs/promises";
import { terminalText } from "../domain/terminalText";

export interface LogText {
  text: string;
  /** Bytes of the raw log at the time of reading. */
  size: number;
  /** Bytes at its beginning that `text` does not show. */
  skipped: number;
}

/** The last `limit` bytes, from the start of a line where there is one. A log that does not exist yet is empty. */
export async function readLogText(path: string, limit: number): Promise<LogText> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return { text: "", size: 0, skipped: 0 };
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - limit);
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size - from), 0, size - from, from);
    const tail = buffer.subarray(0, bytesRead);
    const start = from === 0 ? 0 : startOfText(tail);
    // Bytes that are not UTF-8 show as replacement characters; the raw log keeps them.
    const text = new TextDecoder().decode(tail.subarray(start));
    return { text: terminalText(text), size, skipped: from + start };
  } finally {
    await file.close();
  }
}

/** After the first line end, or, in one endless line, after the bytes that continue a character. */
function startOfText(tail: Buffer): number {
  const lineEnd = tail.indexOf("\n");
  if (lineEnd >= 0 && lineEnd < tail.length - 1) return lineEnd + 1;
  let start = 0;
  while (start < 3 && ((tail[start] ?? 0) & 0xc0) === 0x80) start++;
  return start;
}

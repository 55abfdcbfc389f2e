/**
 * Paths as the tracer writes them. A file name that is not valid UTF-8 arrives with each bad byte 0xXX as the lone
 * surrogate U+DCXX (Python's `surrogateescape`). We keep that form in memory, because it is lossless and compares
 * well, turn it into bytes for the file system, and into `\xXX` where text is stored or shown.
 */

// A low surrogate that no high one precedes; well-formed pairs (emoji) do not match.
const ESCAPED_BYTE = /(?<![\ud800-\udbff])[\udc80-\udcff]/;
const ESCAPED_BYTES = new RegExp(ESCAPED_BYTE, "g");

/** What `node:fs` should be given for a spool path: the bytes when they are not valid UTF-8, else the path itself. */
export function fsPath(path: string): string | Buffer {
  if (process.platform === "win32" || !ESCAPED_BYTE.test(path)) return path;
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of path.matchAll(ESCAPED_BYTES)) {
    parts.push(Buffer.from(path.slice(from, match.index)), Buffer.of(match[0].charCodeAt(0) - 0xdc00));
    from = match.index + 1;
  }
  parts.push(Buffer.from(path.slice(from)));
  return Buffer.concat(parts);
}

/** A spool path as text that can be stored and shown: bad bytes as `\xXX`. */
export function displayPath(path: string): string {
  if (!ESCAPED_BYTE.test(path)) return path;
  return path.replace(ESCAPED_BYTES, (escaped) => `\\x${(escaped.charCodeAt(0) - 0xdc00).toString(16)}`);
}

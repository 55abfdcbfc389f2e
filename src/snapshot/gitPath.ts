/**
 * Paths as git gives them: bytes, which need not be UTF-8. They are carried as strings of one character per byte
 * (latin1), which can be split, compared and written back without loss, and turned into real paths at the edges.
 */
import path from "node:path";

/** A path relative to a repository's top, `/` between its parts, one character per byte. */
export type GitPath = string;

/** The records of a NUL-separated list. */
export function splitRecords(output: Buffer): string[] {
  const records = output.toString("latin1").split("\0");
  if (records.at(-1) === "") records.pop();
  return records;
}

/** What a `-z --stdin` of git takes. */
export function joinRecords(records: Iterable<string>): Buffer {
  let text = "";
  for (const record of records) text += `${record}\0`;
  return Buffer.from(text, "latin1");
}

const isAscii = (value: string) => !/[\u0080-\uffff]/.test(value);

/** The path as people read it; bytes that are not UTF-8 become U+FFFD. */
export function displayPath(gitPath: GitPath): string {
  return isAscii(gitPath) ? gitPath : Buffer.from(gitPath, "latin1").toString("utf8");
}

export function toGitPath(relative: string): GitPath {
  const slashed = path.sep === "/" ? relative : relative.replaceAll(path.sep, "/");
  return isAscii(slashed) ? slashed : Buffer.from(slashed, "utf8").toString("latin1");
}

/** The path on disk, for node:fs: a Buffer where a string could not name the file. */
export function diskPath(top: string, gitPath: GitPath): string | Buffer {
  if (isAscii(gitPath)) return `${top}/${gitPath}`;
  const bytes = Buffer.from(gitPath, "latin1");
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? Buffer.concat([Buffer.from(`${top}/`), bytes]) : `${top}/${text}`;
}

/** The folders above a path, outermost first, each ending in `/`. */
export function* parentFolders(gitPath: GitPath): Generator<GitPath> {
  for (let end = gitPath.indexOf("/"); end >= 0; end = gitPath.indexOf("/", end + 1)) yield gitPath.slice(0, end + 1);
}

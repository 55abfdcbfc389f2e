/**
 * The manifest of a dataset's version: the list of its files, itself an object of the store. Lines `<sha256> <size> <path>\n`
 * in the order of the paths' UTF-8 bytes, each path once; a path with control characters, or that begins with a quotation
 * mark, is written as JSON. Paths are as runs name them. The version is the SHA-256 of that text, so that datasets with the
 * same files are the same version, wherever and by whatever run they were seen.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetFile } from "../domain/datasetComparison";
import { UserError } from "../domain/errors";
import { comparePaths } from "../domain/pathOrder";
import { hasObject, objectPath, publish } from "../store/objects";

export type ManifestEntry = DatasetFile;

export interface WrittenManifest {
  /** SHA-256 of the manifest. */
  version: string;
  files: number;
  /** Bytes of all files together. */
  size: number;
}

/** Text is hashed and written in pieces of about this many characters. */
const PIECE = 1 << 16;

/**
 * Keeps the manifest of these files (in any order, each path once) in a store's folder. A version that is there already
 * costs no new bytes.
 */
export async function writeManifest(folder: string, entries: Iterable<ManifestEntry>): Promise<WrittenManifest> {
  const sorted = sortByPath([...entries]);
  const hash = createHash("sha256");
  for (const piece of piecesOf(sorted)) hash.update(piece);
  const version = hash.digest("hex");
  if (!hasObject(folder, version)) await keep(folder, version, sorted);
  return { version, files: sorted.length, size: sorted.reduce((sum, { size }) => sum + size, 0) };
}

async function keep(folder: string, version: string, sorted: readonly ManifestEntry[]): Promise<void> {
  const temporary = join(folder, "tmp", `object-${randomBytes(8).toString("hex")}`);
  await mkdir(join(folder, "tmp"), { recursive: true });
  try {
    const file = await open(temporary, "wx");
    try {
      for (const piece of piecesOf(sorted)) await file.appendFile(piece);
    } finally {
      await file.close();
    }
    publish(folder, temporary, version);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * The files of a version, in the order of the manifest, read in pieces: a list of millions takes no memory. Throws UserError
 * when the manifest is not in the store, or, at its end, when it is damaged.
 */
export async function* readManifest(folder: string, version: string): AsyncGenerator<ManifestEntry> {
  const hash = createHash("sha256");
  let rest = "";
  const stream = createReadStream(objectPath(folder, version), { highWaterMark: PIECE });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) yield parseLine(line, version);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const message = `The list of files of dataset version ${version.slice(0, 12)} is not in the store any more.`;
    throw new UserError(`${message} \`modeltrail doctor\` tells what else is missing.`, { cause: error });
  }
  if (rest !== "" || hash.digest("hex") !== version) throw damaged(version);
}

function parseLine(line: string, version: string): ManifestEntry {
  const space = line.indexOf(" ", 65);
  const sha256 = line.slice(0, 64);
  const size = Number(line.slice(65, space));
  if (space < 0 || line[64] !== " " || !Number.isSafeInteger(size)) throw damaged(version);
  const text = line.slice(space + 1);
  return { sha256, size, path: text.startsWith('"') ? parsePath(text, version) : text };
}

function parsePath(text: string, version: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw damaged(version);
  }
}

function damaged(version: string): UserError {
  const message = `The list of files of dataset version ${version.slice(0, 12)} is damaged: objects/${version.slice(0, 2)}/${version.slice(2)}.`;
  return new UserError(`${message} \`modeltrail doctor --repair\` looks for a good copy.`);
}

function* piecesOf(sorted: readonly ManifestEntry[]): Generator<string> {
  let piece = "";
  for (const { sha256, size, path } of sorted) {
    piece += `${sha256} ${size} ${needsQuotes(path) ? JSON.stringify(path) : path}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what would end a line too early.
const needsQuotes = (path: string) => /^"|[\x00-\x1f\x7f]|\p{Surrogate}/u.test(path);

function sortByPath(entries: ManifestEntry[]): ManifestEntry[] {
  // Where no path has such a character, which is nearly always, the order of code units is that of the bytes.
  const isPlain = entries.every(({ path }) => !/[\ud800-\uffff]/.test(path));
  return entries.sort(isPlain ? (a, b) => (a.path < b.path ? -1 : 1) : (a, b) => comparePaths(a.path, b.path));
}

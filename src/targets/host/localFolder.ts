/** What a folder of this machine holds, and paths below it. */
import { lstat, readdir, readlink } from "node:fs/promises";
import path from "node:path";
import { fsPath } from "../../ingest/spoolPath";

export interface Entry {
  /** Relative, with `/`; bad bytes as lone surrogates. */
  path: string;
  kind: "file" | "folder" | "link";
  /** Bytes, of a file. */
  size: number;
  mtimeNs: bigint;
  /** Permission bits. */
  mode: number;
  /** Where a link points. */
  to?: string;
}

/** What is at these paths below `root`, in their order; missing ones and those that are neither file nor link left out. */
export async function entriesAt(root: string, files: readonly string[]): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const file of files) {
    const entry = await entryAt(root, checked(file));
    if (entry && entry.kind !== "folder") found.push(entry);
  }
  return found;
}

/** All that is below `root`, a folder before what is in it. Sockets and other things that are no content are left out. */
export async function entriesBelow(root: string, folder = ""): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const name of await readdir(fsPath(path.join(root, folder)), { encoding: "buffer" })) {
    const entry = await entryAt(root, folder === "" ? textOf(name) : `${folder}/${textOf(name)}`);
    if (!entry) continue;
    found.push(entry);
    if (entry.kind === "folder") found.push(...(await entriesBelow(root, entry.path)));
  }
  return found;
}

/** Undefined when nothing is there that can be sent. */
export async function entryAt(root: string, relative: string): Promise<Entry | undefined> {
  const full = fsPath(path.join(root, relative));
  const stats = await lstat(full, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    return undefined;
  });
  if (!stats) return undefined;
  const shared = { path: relative, mtimeNs: stats.mtimeNs, mode: Number(stats.mode) & 0o777 };
  if (stats.isFile()) return { ...shared, kind: "file", size: Number(stats.size) };
  if (stats.isDirectory()) return { ...shared, kind: "folder", size: 0 };
  if (!stats.isSymbolicLink()) return undefined;
  return { ...shared, kind: "link", size: 0, to: textOf(await readlink(full, { encoding: "buffer" })) };
}

/** Whether a folder on the way to `relative` is a symbolic link, so that what is written there would be elsewhere. */
export async function isBehindLink(root: string, relative: string): Promise<boolean> {
  const parts = checked(relative).split("/");
  for (let count = 1; count < parts.length; count++) {
    if ((await entryAt(root, parts.slice(0, count).join("/")))?.kind === "link") return true;
  }
  return false;
}

/** Those of the files that may be written: what a link leads to is not in the folder. */
export async function notBehindLinks(root: string, files: readonly string[]): Promise<string[]> {
  const wanted: string[] = [];
  for (const file of files) if (!(await isBehindLink(root, file))) wanted.push(file);
  return wanted;
}

/** A relative path that stays below its folder; throws for any other. */
export function checked(file: string): string {
  const parts = file.split("/");
  const leaves = file === "" || parts.some((part) => part === "" || part === "." || part === "..");
  if (leaves || file.includes("\0") || path.isAbsolute(file)) {
    throw new Error(`${JSON.stringify(file)} is not a path inside of a folder.`);
  }
  return file;
}

/** The inverse of {@link fsPath}: bytes that are not UTF-8 become lone surrogates. */
export function textOf(name: Buffer): string {
  const text = name.toString("utf8");
  if (Buffer.from(text, "utf8").equals(name)) return text;
  return escapeBadBytes(name);
}

function escapeBadBytes(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : bytes.toString("utf8", at, at + length);
    at += length || 1;
  }
  return text;
}

/** Of the character at `at`; 0 when there is no valid one. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const piece = bytes.subarray(at, at + length);
    const text = piece.toString("utf8");
    if (!text.includes("\ufffd") && Buffer.from(text, "utf8").equals(piece)) return length;
  }
  return 0;
}

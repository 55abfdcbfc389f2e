/** Writes trees and commits into an object database, through an index of our own. */
import fs from "node:fs";
import path from "node:path";
import { GitError, git } from "../git";
import { type GitPath, joinRecords } from "../gitPath";
import { EPOCH, type GitContext, type Head } from "./repository";
import { IDENTITY } from "./snapshotNotes";

/** What is to stand at a path of the tree; null: nothing. */
export type TreeEntry = { mode: string; oid: string } | null;

/** An index file of our own. Removed again by `close`. */
export interface TemporaryIndex {
  file: string;
  context: GitContext;
  close(): void;
}

let indexes = 0;

/** Copies `indexPath` (which may not exist) into `folder`. Throws when it cannot be read or the folder not be written. */
export function copyIndex(indexPath: string, folder: string, context: GitContext): TemporaryIndex {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `code-index-${process.pid}-${indexes++}`);
  try {
    fs.copyFileSync(indexPath, file);
    // Git takes an entry for possibly changed when its file is not older than the index. A copy with a new time would
    // hide a change that was made in the same clock tick as the index; rounding down errs to the side of looking again.
    const { atime, mtimeMs } = fs.statSync(indexPath);
    fs.utimesSync(file, atime, (mtimeMs - 0.01) / 1000);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return {
    file,
    context: { ...context, env: { ...context.env, GIT_INDEX_FILE: file } },
    close() {
      fs.rmSync(file, { force: true });
      fs.rmSync(`${file}.lock`, { force: true });
    },
  };
}

/**
 * Writes files as blobs and returns their object ids in order. Paths are absolute or below `cwd`. Byte for byte, unless
 * the filters of `context` are asked for.
 */
export async function writeBlobs(
  context: GitContext,
  files: readonly string[],
  filters: "--no-filters" | "with filters" = "--no-filters",
): Promise<string[]> {
  if (files.length === 0) return [];
  const input = Buffer.from(files.map((file) => `${quoted(file)}\n`).join(""), "latin1");
  const exact = filters === "--no-filters" ? [filters] : [];
  const { stdout } = await git(["hash-object", "-w", ...exact, "--stdin-paths"], { ...context, input });
  return stdout.toString("latin1").trimEnd().split("\n");
}

/** Git reads one path a line, and in quotes with C's escapes those that would not fit one. */
function quoted(file: string): string {
  return /^[ !#-[\]-~]+$/.test(file) ? file : escaped(file);
}

/** A path in quotes with C's escapes. */
function escaped(file: string): string {
  const octal = (character: string) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  return `"${file.replaceAll(/[^ !#-[\]-~]/g, octal)}"`;
}

/** Puts the entries into the index and writes it as a tree. `nullId`: the repository's id for "no object". */
export async function writeTree(
  context: GitContext,
  entries: ReadonlyMap<GitPath, TreeEntry>,
  nullId: string,
): Promise<string> {
  if (entries.size > 0) {
    // Mode 0 removes a path. Removals come first, so that a folder can take the place of a file.
    const removals: string[] = [];
    const additions: string[] = [];
    for (const [gitPath, entry] of entries) {
      if (entry) additions.push(`${entry.mode} ${entry.oid}\t${gitPath}`);
      else removals.push(`0 ${nullId}\t${gitPath}`);
    }
    const input = joinRecords([...removals, ...additions]);
    await git(["update-index", "-z", "--index-info"], { ...context, input });
  }
  const { stdout } = await git(["write-tree"], context);
  return stdout.toString("latin1").trim();
}

/**
 * The same as `writeTree` on an index like HEAD, then `writeCommit`, in one process that does not need an index: with many
 * files reading and writing that three times takes longer than everything else. Throws GitError where this way does not
 * work, with nothing left behind; the long one may.
 */
export async function commitOnHead(
  context: GitContext,
  head: Head,
  entries: ReadonlyMap<GitPath, TreeEntry>,
  notes: readonly string[],
): Promise<{ tree: string; commit: string }> {
  const identity = `${IDENTITY.name} <${IDENTITY.email}> ${head.date}`;
  const message = messageOf(notes);
  const removals: string[] = [];
  const additions: string[] = [];
  for (const [gitPath, entry] of entries) {
    if (entry) additions.push(`M ${entry.mode} ${entry.oid} ${escaped(gitPath)}`);
    else removals.push(`D ${escaped(gitPath)}`);
  }
  const input = [
    // A branch that is never written: its last state is to point to nothing.
    `commit ${PENDING}`,
    "mark :1",
    `author ${identity}`,
    `committer ${identity}`,
    `data ${message.length}\n${message}`,
    `from ${head.commit}`,
    // Not what a replacement of the commit may say.
    `M 040000 ${head.tree} `,
    ...removals,
    ...additions,
    "",
    'ls :1 ""',
    "get-mark :1",
    `reset ${PENDING}`,
    `from ${"0".repeat(head.commit.length)}`,
    "",
    "done\n",
  ].join("\n");
  const settings = [...(context.config ?? []), "fastimport.unpackLimit=1000000"];
  try {
    const { stdout } = await git(["fast-import", "--quiet", "--done", "--date-format=raw"], {
      ...context,
      config: settings,
      input: Buffer.from(input, "latin1"),
    });
    const [listing = "", commit = ""] = stdout.toString("latin1").split("\n");
    // "040000 tree <id>\t"
    return { tree: listing.slice("040000 tree ".length).trim(), commit };
  } catch (error) {
    if (error instanceof GitError) removeReport(error, context.cwd);
    throw error;
  }
}

const PENDING = "refs/modeltrail/pending";

/** Files that git's fast-import leaves in the git directory when it fails. */
function removeReport({ stderr }: GitError, cwd: string): void {
  const report = stderr.match(/dumping crash report to (.*fast_import_crash_\d+)$/m)?.[1];
  if (report !== undefined) fs.rmSync(path.resolve(cwd, report), { force: true });
}

/**
 * The commit of a tree on top of HEAD. It depends on nothing but its arguments, so that equal states of the code share
 * one commit. `notes` are lines for its message.
 */
export async function writeCommit(
  context: GitContext,
  tree: string,
  head: Head | null,
  notes: readonly string[],
): Promise<string> {
  const date = `@${head?.date ?? EPOCH}`;
  const identity = { NAME: IDENTITY.name, EMAIL: IDENTITY.email, DATE: date };
  const env = { ...context.env };
  for (const [key, value] of Object.entries(identity)) {
    env[`GIT_AUTHOR_${key}`] = value;
    env[`GIT_COMMITTER_${key}`] = value;
  }
  const parent = head ? ["-p", head.commit] : [];
  const { stdout } = await git(["commit-tree", tree, ...parent], { ...context, env, input: messageOf(notes) });
  return stdout.toString("latin1").trim();
}

function messageOf(notes: readonly string[]): string {
  return ["Modeltrail snapshot", ...(notes.length > 0 ? ["", ...notes] : []), ""].join("\n");
}

/** Where the ref of a snapshot stands, which keeps it from `git gc`. */
export const snapshotRef = (commit: string) => `refs/modeltrail/snapshots/${commit}`;

/** Makes sure that the snapshot's ref exists. */
export async function keepCommit(context: GitContext, commonDir: string, commit: string): Promise<void> {
  // The usual case, without starting git. A packed ref, or one in a reftable, is just written again.
  if (fs.existsSync(path.join(commonDir, snapshotRef(commit)))) return;
  await git(["update-ref", snapshotRef(commit), commit], context);
}

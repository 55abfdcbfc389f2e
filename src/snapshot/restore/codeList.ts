/** What a code snapshot says should be on disk: files of its tree, those of its submodules, and how they lay there. */
import fs from "node:fs";
import path from "node:path";
import { gitDirOf } from "../code/repository";
import { createNoted, readNotes, type SnapshotNotes } from "../code/snapshotNotes";
import type { CodePlace } from "../codeReader";
import { GitError, git, objectsOf } from "../git";
import { displayPath, type GitPath, splitRecords } from "../gitPath";

export interface CodeFile {
  /** Relative to the code's root. */
  path: GitPath;
  /** "100644", "100755" or "120000". */
  mode: string;
  oid: string;
  /** Of the repository that has the blob. */
  gitDir: string;
  /** Folder of that repository's files, relative to the code's root; "" for the root itself, else it ends in `/`. */
  inside: GitPath;
  /** `content`: the blob is a Git LFS pointer to what was on disk; `decrypted`: it is what a filter has made of that. */
  form: "blob" | "content" | "decrypted";
}

export interface CodeList {
  files: CodeFile[];
  /** Submodules of which nothing can be had; `message` goes on from the name. */
  lost: { path: GitPath; message: string }[];
}

/** What the commit says beyond its tree. Throws GitError when it is not there. */
export async function notesOf({ gitDir, commit }: CodePlace, signal?: AbortSignal): Promise<SnapshotNotes> {
  const { stdout } = await git(["cat-file", "commit", commit], { ...objectsOf(gitDir), signal });
  return readNotes(stdout.toString("latin1"));
}

/** Throws GitError when the commit is not there. */
export async function listCode(place: CodePlace, signal?: AbortSignal, inside: GitPath = ""): Promise<CodeList> {
  const { gitDir, commit } = place;
  const context = { ...objectsOf(gitDir), signal };
  const [notes, listing] = await Promise.all([
    notesOf(place, signal),
    git(["ls-tree", "-r", "-z", "--full-tree", commit], context),
  ]);
  const isAbsent = createNoted(notes.absent);
  const isContent = createNoted(notes.content);
  const isDecrypted = createNoted(notes.decrypted);
  const list: CodeList = { files: [], lost: [] };
  for (const record of splitRecords(listing.stdout)) {
    // "<mode> <type> <object>\t<path>"
    const tab = record.indexOf("\t");
    const name = record.slice(tab + 1);
    if (isAbsent(name)) continue;
    const mode = record.slice(0, 6);
    const oid = record.slice(record.lastIndexOf(" ", tab) + 1, tab);
    if (mode === "160000") {
      await addSubmodule(list, place, { name, commit: oid, inside: `${inside}${name}/` }, signal);
      continue;
    }
    const form = isContent(name) ? "content" : isDecrypted(name) ? "decrypted" : "blob";
    list.files.push({ path: inside + name, mode, oid, gitDir, inside, form });
  }
  return list;
}

async function addSubmodule(
  list: CodeList,
  outer: CodePlace,
  { name, commit, inside }: { name: GitPath; commit: string; inside: GitPath },
  signal: AbortSignal | undefined,
): Promise<void> {
  const place = await findSubmodule(outer, name, commit, signal);
  if (place === null) {
    const message = `is a submodule whose commit ${commit} is no longer on this machine, so its files are missing`;
    list.lost.push({ path: inside.slice(0, -1), message });
    return;
  }
  const { files, lost } = await listCode(place, signal, inside);
  list.files.push(...files);
  list.lost.push(...lost);
}

/** Where the submodule is checked out now, else what git keeps of those that are not. */
async function findSubmodule(outer: CodePlace, name: GitPath, commit: string, signal: AbortSignal | undefined) {
  const root = outer.root === null ? null : path.join(outer.root, displayPath(name));
  const present = root === null ? null : gitDirOf(root);
  const kept = modulesBelow(path.join(outer.gitDir, "modules"));
  // The code of an imported run is all in one repository.
  for (const gitDir of [...(present === null ? [] : [present]), ...kept, outer.gitDir]) {
    if (await hasCommit(gitDir, commit, signal)) return { gitDir, commit, root };
  }
  return null;
}

/** Git directories of submodules; the name of one may have several parts. */
function modulesBelow(folder: string): string[] {
  if (fs.existsSync(path.join(folder, "HEAD"))) return [folder];
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => modulesBelow(path.join(folder, name)));
  } catch {
    return [];
  }
}

/** Whether the repository has the commit and its tree. */
export async function hasCommit(gitDir: string, commit: string, signal?: AbortSignal): Promise<boolean> {
  if (!fs.existsSync(gitDir)) return false;
  try {
    await git(["cat-file", "-e", `${commit}^{tree}`], { ...objectsOf(gitDir), signal });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.startError === undefined) return false;
    throw error;
  }
}

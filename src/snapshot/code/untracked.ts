/** Files that git does not know: which of them are part of the code. */
import fs from "node:fs";
import { git } from "../git";
import { diskPath, displayPath, type GitPath, splitRecords } from "../gitPath";
import { type Gathering, statFile } from "./gathering";
import { environmentFolders, type Fitting, fitToLimits, isToolProduct } from "./limits";

export interface Untracked {
  /** Number of files taken or left out for their size: those that make a work tree differ from its HEAD. */
  count: number;
  /** Folders (ending in `/`) left out as Python environments. */
  environments: GitPath[];
  /** Folders left out for their weight. */
  heavy: Fitting["heavy"];
}

/** Adds to the gathering's requests the untracked files that are code, and gaps for those that are too much. */
export async function takeUntracked(gathering: Gathering): Promise<Untracked> {
  const { job, status, requests, gaps } = gathering;
  const named = status.changes.filter(({ kind }) => kind === "untracked").map((change) => change.path);
  const listed: GitPath[] = [];
  for (const name of named) {
    if (job.skip(name)) continue;
    if (name.endsWith("/")) listed.push(...(await nestedFiles(gathering, name)));
    else listed.push(name);
  }
  const environments = environmentFolders(listed);
  const stats = new Map<GitPath, fs.Stats>();
  for (const name of listed) {
    if (isToolProduct(name) || environments.some((folder) => name.startsWith(folder))) continue;
    const found = statFile(job.repository.top, name);
    if (found) stats.set(name, found);
  }
  const sized = [...stats].map(([name, { size }]) => ({ path: name, size }));
  const fitting = fitToLimits(sized, job.limits);
  for (const file of fitting.kept) {
    requests.set(file.path, { path: file.path, stats: stats.get(file.path)!, isNew: true });
  }
  gaps.push(...fitting.gaps, ...fitting.heavy.map(({ gap }) => gap));
  return { count: stats.size, environments, heavy: fitting.heavy };
}

/**
 * The files of a repository that lies in this one without being its submodule. They are taken as plain files: git itself
 * would only note its HEAD, and its uncommitted changes would be lost. `folder` ends in `/`.
 */
async function nestedFiles(gathering: Gathering, folder: GitPath): Promise<GitPath[]> {
  const { job, gaps } = gathering;
  const cwd = diskPath(job.repository.top, folder);
  try {
    // A name that is no string cannot be a working directory in Node.
    if (typeof cwd !== "string") throw new Error("its name is not UTF-8");
    const { executable, signal } = job.context;
    const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = await git(listing, { cwd, executable, signal });
    const files: GitPath[] = [];
    for (const name of new Set(splitRecords(stdout))) {
      const inner = `${folder}${name}`;
      // A folder among the files is a repository once more, or a submodule of this one.
      if (isFolder(job.repository.top, inner)) files.push(...(await nestedFiles(gathering, withSlash(inner))));
      else files.push(inner);
    }
    return files;
  } catch (error) {
    if (job.context.signal?.aborted) throw error;
    const name = displayPath(folder);
    const reason = error instanceof Error ? error.message : String(error);
    gaps.push({
      kind: "nested-repository",
      path: name,
      message: `${name} is a git repository of its own whose files could not be listed (${reason}): not in the code snapshot.`,
    });
    return [];
  }
}

const withSlash = (folder: GitPath) => (folder.endsWith("/") ? folder : `${folder}/`);

function isFolder(top: string, inner: GitPath): boolean {
  return inner.endsWith("/") || fs.lstatSync(diskPath(top, inner), { throwIfNoEntry: false })?.isDirectory() === true;
}

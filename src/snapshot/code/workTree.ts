/** Takes the state of one work tree, as it lies on disk, into a git tree. Nothing of the user's is written. */
import fs from "node:fs";
import { formatSize } from "../../domain/format";
import type { Gap } from "../../domain/run";
import { GitError, type GitOutput, git } from "../git";
import { diskPath, displayPath, type GitPath } from "../gitPath";
import { BlobCache } from "./blobCache";
import { storeBlobs } from "./blobs";
import { collapse } from "./collapse";
import { type Conversion, findConversions } from "./conversion";
import { convertedFiles } from "./convertedFiles";
import { type Gathering, statFile, unreadable, type WorkTreeJob } from "./gathering";
import { parseIndex, parseStatus } from "./gitStatus";
import { ignoresCase, namesOnDisk } from "./namesOnDisk";
import { type GitContext, nullId } from "./repository";
import { type SnapshotNotes, writeNotes } from "./snapshotNotes";
import { findStandIns } from "./standIns";
import { commitOnHead, copyIndex, writeTree } from "./treeBuilder";
import { takeUntracked, type Untracked } from "./untracked";

export interface WorkTree {
  tree: string;
  /** The commit of the tree, with the notes, on top of HEAD; null when there is none yet. */
  commit: string | null;
  /** Whether the files differ from HEAD's, as the user's git sees them. */
  dirty: boolean;
  branch: string | null;
  /** Where the disk has something else than the tree. */
  notes: SnapshotNotes;
  untracked: Untracked;
  /** Paths are relative to the repository's top. */
  gaps: Gap[];
}

/** Throws GitError where git refuses as a whole. */
export async function takeWorkTree(job: WorkTreeJob): Promise<WorkTree> {
  try {
    return await takeOnce(job);
  } catch (error) {
    // What the cache knows may be gone from the object database: the user dropped our refs and collected garbage.
    const isObjectGone = error instanceof GitError && /invalid object/.test(error.stderr);
    if (!isObjectGone || !fs.existsSync(job.cacheFile)) throw error;
    fs.rmSync(job.cacheFile, { force: true });
    return await takeOnce(job);
  }
}

async function takeOnce(job: WorkTreeJob): Promise<WorkTree> {
  const index = copyIndex(job.repository.indexPath, job.temporaryFolder, job.context);
  try {
    const gathering = await look(job, index.context);
    gatherTracked(gathering);
    const untracked = await takeUntracked(gathering);
    const absent = [...gatherUnwatched(gathering), ...absentSubmodules(gathering)];
    gatherRenamed(gathering);
    await gatherSubmodules(gathering);
    const conversions = await gatherConverted(gathering);
    await storeBlobs(gathering, conversions);
    const notes = { absent, ...findStandIns(gathering, conversions) };
    const { tree, commit } = await writeGathered(gathering, writeNotes(notes));
    return {
      tree,
      commit,
      dirty: isDirty(gathering, tree, untracked.count),
      branch: gathering.status.branch,
      notes,
      untracked,
      gaps: gathering.gaps,
    };
  } finally {
    index.close();
  }
}

async function look(job: WorkTreeJob, context: GitContext): Promise<Gathering> {
  const [status, listing] = await Promise.all([
    askStatus(job, context),
    git(["ls-files", "-s", "-v", "-z"], context).then(({ stdout }) => parseIndex(stdout)),
  ]);
  // "warning: could not open directory 'private/': Permission denied"
  const closed = [...status.stderr.matchAll(/could not open directory '(.*)': (.*)/g)];
  const gathering: Gathering = {
    job,
    context,
    status: parseStatus(status.stdout),
    listing,
    requests: new Map(),
    cache: new BlobCache(job.cacheFile),
    entries: new Map(),
    gaps: closed.map(([, path, reason]) => unreadable(path!, reason!)),
  };
  if (!status.submodules) {
    const unknown = listing.submodules.filter(({ path }) => isCheckedOut(job, path));
    gathering.status.changes.push(...unknown.map(({ path }) => ({ path, kind: "submodule" as const })));
  }
  return gathering;
}

/** `submodules` is false when git could not look into them: then each must be looked at by itself. */
async function askStatus(job: WorkTreeJob, context: GitContext): Promise<GitOutput & { submodules: boolean }> {
  const ask = (ignoredSubmodules: string) =>
    git(
      [
        "status",
        "--porcelain=v2",
        "-z",
        "--branch",
        `--untracked-files=${job.untracked ? "all" : "no"}`,
        "--no-renames",
        "--no-ahead-behind",
        `--ignore-submodules=${ignoredSubmodules}`,
      ],
      context,
    );
  try {
    return { ...(await ask("none")), submodules: true };
  } catch (error) {
    // One broken submodule stops git's look at all.
    if (!(error instanceof GitError && /submodule/.test(error.stderr))) throw error;
    return { ...(await ask("all")), submodules: false };
  }
}

function isCheckedOut(job: WorkTreeJob, path: GitPath): boolean {
  return fs.existsSync(diskPath(job.repository.top, `${path}/.git`));
}

/** Tracked files that git found changed or gone. */
function gatherTracked({ job, status, requests, entries, gaps }: Gathering): void {
  for (const { path, kind } of status.changes) {
    if (kind === "untracked" || kind === "submodule") continue;
    const stats = kind === "deleted" ? undefined : statFile(job.repository.top, path);
    if (stats && stats.size > job.limits.fileBytes) {
      gaps.push(tooBigChange(path, stats.size));
      // An unmerged path has no one version to stay at.
      if (kind === "unmerged") entries.set(path, null);
    } else if (stats) requests.set(path, { path, stats, isNew: false });
    else entries.set(path, null);
  }
}

/** Files that git was told not to look at. Returns those that a sparse checkout left off the disk. */
function gatherUnwatched({ job, listing, requests, entries }: Gathering): GitPath[] {
  const absent: GitPath[] = [];
  for (const entry of [...listing.assumed, ...listing.skipped]) {
    const stats = statFile(job.repository.top, entry.path);
    if (stats) requests.set(entry.path, { path: entry.path, stats, isNew: false, indexed: entry });
    else if (listing.skipped.includes(entry)) absent.push(entry.path);
    else entries.set(entry.path, null);
  }
  return collapse(absent, listing.entries);
}

/** Tracked files that have a name of another case on disk: the one that they have there is taken. */
function gatherRenamed({ job, listing, requests, entries }: Gathering): void {
  const { top } = job.repository;
  if (!ignoresCase(top)) return;
  const present = listing.entries.map(({ path }) => path).filter((path) => entries.get(path) !== null);
  for (const [path, onDisk] of namesOnDisk(top, present)) {
    const stats = statFile(top, onDisk);
    if (!stats) continue;
    requests.delete(path);
    entries.set(path, null);
    requests.set(onDisk, { path: onDisk, stats, isNew: false });
  }
}

/** So many submodules are looked at at a time. */
const LANES = 4;

/**
 * Takes every submodule that is checked out. What git calls unchanged may still have other bytes on disk, submodules of its
 * own, and a commit that nothing else keeps.
 */
async function gatherSubmodules({ job, status, listing, entries, gaps }: Gathering): Promise<void> {
  const known = new Map(listing.submodules.map(({ path, oid }) => [path, oid]));
  const changed = status.changes.flatMap(({ path, kind }) => (kind === "submodule" ? path : []));
  const present = [...known.keys()].filter((path) => isCheckedOut(job, path));
  const queue = [...new Set([...changed, ...present])].sort();
  const lane = async () => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const taken = await job.snapshotSubmodule(path);
      if (typeof taken !== "string") gaps.push(taken);
      else if (taken !== known.get(path)) entries.set(path, { mode: "160000", oid: taken });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Submodules that are not checked out: there is nothing of them for the run either. */
function absentSubmodules({ job, listing, entries }: Gathering): GitPath[] {
  const inTree = listing.submodules.map(({ path }) => path).filter((path) => entries.get(path) !== null);
  return inTree.filter((path) => !isCheckedOut(job, path));
}

/** Files that git takes for unchanged although its version of them has other bytes. */
async function gatherConverted(gathering: Gathering): Promise<Map<GitPath, Conversion>> {
  const { job, context, listing, requests, entries } = gathering;
  if (!job.conversions) return new Map();
  const paths = listing.entries.map(({ path }) => path);
  for (const path of requests.keys()) paths.push(path);
  const conversions = await findConversions(job.repository, context, paths);
  if (conversions.size === 0) return conversions;
  const unchanged = listing.entries.filter(({ path }) => !requests.has(path) && !entries.has(path));
  const converted = await convertedFiles(gathering, conversions, unchanged);
  for (const request of converted) requests.set(request.path, request);
  return conversions;
}

async function writeGathered(
  { job, context, status, entries }: Gathering,
  notes: readonly string[],
): Promise<{ tree: string; commit: string | null }> {
  const { head } = job.repository;
  if (head && !status.staged) {
    if (entries.size === 0) return { tree: head.tree, commit: null };
    try {
      return await commitOnHead(context, head, entries, notes);
    } catch (error) {
      // The long way says what is wrong, if anything is.
      if (!(error instanceof GitError)) throw error;
    }
  }
  return { tree: await writeTree(context, entries, nullId(job.repository)), commit: null };
}

function isDirty({ job, status, gaps }: Gathering, tree: string, untracked: number): boolean {
  const changed = status.staged || untracked > 0 || status.changes.some(({ kind }) => kind !== "untracked");
  // Staged and taken back again on disk is no difference, unless something could not be looked at.
  return changed && (tree !== job.repository.head?.tree || gaps.length > 0);
}

function tooBigChange(path: GitPath, size: number): Gap {
  const name = displayPath(path);
  const message = `${name} has changed and is too big for the code snapshot (${formatSize(size)}), which has it as committed.`;
  return { kind: "too-big", path: name, message };
}

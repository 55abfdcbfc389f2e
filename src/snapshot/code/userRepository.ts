/** The code snapshot of a repository of the user's, its submodules included. */
import path from "node:path";
import type { CodeVersion, Gap } from "../../domain/run";
import { GitError } from "../git";
import { diskPath, displayPath, type GitPath } from "../gitPath";
import { withoutFilters } from "./conversion";
import type { WorkTreeJob } from "./gathering";
import type { CodeLimits } from "./limits";
import { ignoresCase } from "./namesOnDisk";
import { borrowObjects } from "./ownRepository";
import { findRepository, type GitContext, type Repository } from "./repository";
import { writeNotes } from "./snapshotNotes";
import { markStore } from "./storeMark";
import { keepCommit, writeCommit } from "./treeBuilder";
import { takeWorkTree } from "./workTree";

/** What all parts of one snapshot share. */
export interface SnapshotPlace {
  storeFolder: string;
  limits: CodeLimits;
  /** Whether an absolute path (in git's bytes, `/` between its parts) is never to be taken. */
  isOurs(top: string, path: GitPath): boolean;
  /** A folder so wide that looking through it for files is not expected. */
  isTooWide(folder: string): boolean;
  keepBytes: WorkTreeJob["keepBytes"];
  /** The cache of what is known about a work tree's files. */
  cacheFile(top: string): string;
}

export interface RepositorySnapshot {
  code: CodeVersion & { commit: string };
  /** `path`s are absolute. */
  gaps: Gap[];
}

/** Throws GitError where git refuses as a whole, and what the file system says. */
export async function snapshotRepository(
  repository: Repository,
  context: GitContext,
  place: SnapshotPlace,
): Promise<RepositorySnapshot> {
  const atTop = { ...context, cwd: repository.top, config: settingsFor(repository) };
  try {
    return await snapshotInto({ gitDir: repository.commonDir, context: atTop }, repository, place);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return await snapshotInto(await borrowObjects(place.storeFolder, repository, atTop), repository, place);
  }
}

/** What git is told besides its own settings. */
function settingsFor({ config, top }: Repository): string[] {
  const settings = withoutFilters(config);
  // Copied from a system whose disks take names of another case for the same: git would overlook files that differ in it.
  const isMistaken = config.get("core.ignorecase") === "true" && !ignoresCase(top);
  return isMistaken ? [...settings, "core.ignoreCase=false"] : settings;
}

/** `kept`: where objects and ref go. */
async function snapshotInto(
  kept: { gitDir: string; context: GitContext },
  repository: Repository,
  place: SnapshotPlace,
): Promise<RepositorySnapshot> {
  const { top, head } = repository;
  const { context } = kept;
  const gaps: Gap[] = [];
  const untracked = !place.isTooWide(top);
  if (!untracked) gaps.push(tooWide(top));
  const inner = { executable: context.executable, signal: context.signal };
  const work = await takeWorkTree({
    repository,
    context,
    temporaryFolder: path.join(place.storeFolder, "tmp"),
    cacheFile: place.cacheFile(top),
    limits: place.limits,
    untracked,
    conversions: true,
    skip: (name) => place.isOurs(top, name),
    keepBytes: place.keepBytes,
    snapshotSubmodule: (name) => snapshotSubmodule(top, name, inner, place, gaps),
  });
  for (const gap of work.gaps) gaps.push(gap.path === undefined ? gap : { ...gap, path: path.join(top, gap.path) });

  const notes = writeNotes(work.notes);
  // An unchanged work tree needs no commit of ours: it is HEAD.
  const isHead = head !== null && work.tree === head.tree && notes.length === 0;
  const commit = isHead ? head.commit : (work.commit ?? (await writeCommit(context, work.tree, head, notes)));
  // The git directory is named, as it need not be the one around the working directory.
  const inside = { ...context, cwd: kept.gitDir, env: { GIT_DIR: kept.gitDir } };
  // Before the ref: from then on nobody else removes it.
  await markStore(inside, kept.gitDir, place.storeFolder);
  await keepCommit(inside, kept.gitDir, commit);
  const { tree, dirty, branch } = work;
  const code = { commit, tree, head: head?.commit ?? null, branch, dirty, gitDir: kept.gitDir, root: top };
  return { code, gaps };
}

/** Whether git could not write objects or refs: to all of the repository, or to a part that another user has made. */
function isReadOnly(error: unknown): boolean {
  return (
    error instanceof GitError && /insufficient permission|Permission denied|Read-only file system/.test(error.stderr)
  );
}

async function snapshotSubmodule(
  top: string,
  name: GitPath,
  context: Omit<GitContext, "cwd">,
  place: SnapshotPlace,
  gaps: Gap[],
): Promise<string | Gap> {
  try {
    const inside = { ...context, cwd: submoduleFolder(top, name) };
    const { code, gaps: inner } = await snapshotRepository(await findRepository(inside), inside, place);
    gaps.push(...inner);
    return code.commit;
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return submoduleGap(name, error);
  }
}

function submoduleFolder(top: string, name: GitPath): string {
  const folder = diskPath(top, name);
  if (typeof folder !== "string") throw new Error("its name is not UTF-8");
  return folder;
}

function submoduleGap(name: GitPath, error: unknown): Gap {
  const reason = error instanceof Error ? error.message : String(error);
  const shown = displayPath(name);
  const message = `Submodule ${shown} could not be captured as it was (${reason}).`;
  return { kind: "submodule", path: shown, message };
}

function tooWide(top: string): Gap {
  const message = `${top} is too wide a folder to look through: only files that git tracks are in the code snapshot.`;
  return { kind: "other", path: top, message };
}

/** Takes the code of a run before it starts: every file as it lies on disk, kept as a commit that git will not collect. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { CodeVersion, Gap } from "../domain/run";
import { putBytes } from "../store/objects";
import { type CodeLimits, DEFAULT_LIMITS } from "./code/limits";
import { ownRepositoryAt, rememberLeftOut } from "./code/ownRepository";
import { findRepository, type GitContext } from "./code/repository";
import { keepCommit, writeCommit } from "./code/treeBuilder";
import { type RepositorySnapshot, type SnapshotPlace, snapshotRepository } from "./code/userRepository";
import { takeWorkTree } from "./code/workTree";
import { summariseGaps } from "./gaps";
import { GitError } from "./git";
import { diskPath } from "./gitPath";
import { projectPath } from "./projectPath";

export interface CodeOptions {
  /** Default "git", looked up on PATH. */
  git?: string;
  limits?: Partial<CodeLimits>;
  /** Ms after which the run starts without its code; default 30,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface CodeSnapshot {
  code: CodeVersion;
  /** Paths are relative to the project root, or absolute when outside it. */
  gaps: Gap[];
  warnings: string[];
}

const DEFAULT_TIMEOUT_MS = 30_000;
const NO_CODE: CodeVersion = {
  commit: null,
  tree: null,
  head: null,
  branch: null,
  dirty: null,
  gitDir: null,
  root: null,
};

/**
 * Captures the code of the repository around `root`, or of `root` itself where there is none. Never throws: what cannot
 * be captured is a gap. The user's index, HEAD, branches, stash and files stay as they are; what is added are objects
 * and one ref below `refs/modeltrail/snapshots/`.
 */
export async function snapshotCode(
  root: string,
  storeFolder: string,
  options: CodeOptions = {},
): Promise<CodeSnapshot> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const context: GitContext = { cwd: root, executable: options.git, signal };
  try {
    const place = placeFor(storeFolder, { ...DEFAULT_LIMITS, ...options.limits });
    sweep(path.join(storeFolder, "tmp"));
    const { code, gaps } = await snapshotAnywhere(root, context, place);
    return { code, gaps: summariseGaps(gaps.map((gap) => named(realPath(root), gap))), warnings: [] };
  } catch (error) {
    const gap = timeout.aborted ? tookTooLong(timeoutMs) : failure(error);
    return { code: NO_CODE, gaps: [gap], warnings: [] };
  }
}

async function snapshotAnywhere(root: string, context: GitContext, place: SnapshotPlace): Promise<AnySnapshot> {
  try {
    return await snapshotRepository(await findRepository(context), context, place);
  } catch (error) {
    if (context.signal?.aborted || isGitMissing(error)) throw error;
    const snapshot = await snapshotFolder(root, context, place);
    return { ...snapshot, gaps: [...whyNotTheirs(error), ...snapshot.gaps] };
  }
}

type AnySnapshot = Pick<RepositorySnapshot, "gaps"> & { code: CodeVersion };

/** The code of a folder that git does not know, or will not work in, in a repository of our own. */
async function snapshotFolder(root: string, context: GitContext, place: SnapshotPlace): Promise<AnySnapshot> {
  if (place.isTooWide(root)) {
    const message = `${root} is too wide a folder to keep as the code of a run. Run from a project's own folder.`;
    return { code: NO_CODE, gaps: [{ kind: "other", path: root, message }] };
  }
  const own = await ownRepositoryAt(root, place.storeFolder, context);
  const { gitDir } = own.repository;
  const work = await takeWorkTree({
    repository: own.repository,
    context: own.context,
    temporaryFolder: path.join(place.storeFolder, "tmp"),
    cacheFile: place.cacheFile(root),
    limits: place.limits,
    untracked: true,
    conversions: false,
    skip: (name) => place.isOurs(root, name),
    keepBytes: place.keepBytes,
    snapshotSubmodule: () => Promise.reject(new Error("a repository without an index has no submodules")),
  });
  rememberLeftOut(gitDir, root, work.untracked);
  const commit = await writeCommit(own.context, work.tree, null, []);
  await keepCommit(own.context, gitDir, commit);
  const gaps = [...own.gaps, ...work.gaps].map((gap) =>
    gap.path === undefined ? gap : { ...gap, path: path.join(root, gap.path) },
  );
  return { code: { ...NO_CODE, commit, tree: work.tree, gitDir, root }, gaps };
}

function placeFor(storeFolder: string, limits: CodeLimits): SnapshotPlace {
  const store = realPath(storeFolder);
  const home = realPath(os.homedir());
  return {
    storeFolder,
    limits,
    isOurs(top, name) {
      const file = diskPath(top, name);
      return typeof file === "string" && isInside(store, path.resolve(file));
    },
    isTooWide: (folder) => isInside(realPath(folder), home),
    keepBytes: async (content) => (await putBytes(storeFolder, content)).sha256,
    cacheFile: (top) => {
      const name = createHash("sha256").update(top).digest("hex").slice(0, 16);
      return path.join(storeFolder, "cache", `code-${name}.json`);
    },
  };
}

/** Whether `inner` is `outer` or lies below it. Every file system's root contains the home folder of someone. */
function isInside(outer: string, inner: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === "" || (!relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative));
}

function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

/** Removes what a killed recorder left in the store's temporary folder. */
function sweep(folder: string): void {
  const hourAgo = Date.now() - 60 * 60 * 1000;
  try {
    for (const name of fs.readdirSync(folder)) {
      const file = path.join(folder, name);
      if (name.startsWith("code-") && fs.statSync(file).mtimeMs < hourAgo) fs.rmSync(file, { recursive: true });
    }
  } catch {
    // There is nothing to sweep, or somebody else is sweeping.
  }
}

const named = (root: string, gap: Gap): Gap =>
  gap.path === undefined ? gap : { ...gap, path: projectPath(root, gap.path) };

const isGitMissing = (error: unknown) => error instanceof GitError && error.startError !== undefined;

/** Why the user's repository, if there is one, was not used. */
function whyNotTheirs(error: unknown): Gap[] {
  const said = error instanceof GitError ? error.stderr : String(error);
  if (/not a git repository/.test(said)) return [];
  // Inside a bare repository, or a `.git` folder.
  if (/must be run in a work tree/.test(said)) return [];
  const [, folder] = said.match(/dubious ownership in repository at '(.*)'/) ?? [];
  const message = folder
    ? `Git does not trust ${folder}, because another user owns it, so commit and branch are unknown (the files are kept). To trust it: git config --global --add safe.directory '${folder}'`
    : `Git could not read this repository, so commit and branch are unknown (the files are kept): ${said.trim().split("\n").at(-1)}`;
  return [{ kind: "no-git", message }];
}

function failure(error: unknown): Gap {
  if (isGitMissing(error)) {
    const message =
      "Git is not installed or not on PATH, so the code of this run was not kept. Install git to keep it.";
    return { kind: "no-git", message };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: "other", message: `The code of this run could not be kept: ${reason}` };
}

function tookTooLong(timeoutMs: number): Gap {
  const message = `Keeping the code took longer than ${timeoutMs / 1000} s, so the run was started without it.`;
  return { kind: "other", message };
}

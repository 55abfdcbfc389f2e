/** Finds where a run's code is now: the project may have moved, or been copied to another machine. */
import fs from "node:fs";
import path from "node:path";
import type { CodeVersion } from "../../domain/run";
import { findRepository, type Repository } from "../code/repository";
import type { CodePlace } from "../codeReader";
import { GitError } from "../git";
import { hasCommit } from "./codeList";

export interface FoundCode {
  /** Null when no repository has the commit (any more), or the run has no code. */
  place: CodePlace | null;
  /** The folder that the code's paths were relative to when the run was recorded; null without code. */
  root: string | null;
  /** Where in it the project's folder is: "" or a path with `/` between its parts. */
  project: string;
}

export async function findCode(
  store: { root: string; folder: string },
  code: CodeVersion,
  signal?: AbortSignal,
): Promise<FoundCode> {
  const { gitDir, commit, root } = code;
  if (root === null || commit === null) return { place: null, root: null, project: "" };
  const known = projectIn(root, store.root);
  if (gitDir !== null && known !== null && (await hasCommit(gitDir, commit, signal))) {
    return { place: { gitDir, commit, root }, root, project: known };
  }
  // It has moved, or the record comes from elsewhere.
  const here = await repositoryAround(store.root, signal);
  const project = known ?? (here && projectIn(here.top, store.root)) ?? "";
  const own = ["code.git", "code-sha256.git"].map((name) => path.join(store.folder, name));
  for (const candidate of [gitDir, here?.commonDir ?? null, ...own]) {
    if (candidate === null || !(await hasCommit(candidate, commit, signal))) continue;
    return { place: { gitDir: candidate, commit, root: here?.top ?? store.root }, root, project };
  }
  return { place: null, root, project };
}

/** Where `project` is in `root`; null when it is elsewhere. */
function projectIn(root: string, project: string): string | null {
  const relative = path.relative(realPath(root), realPath(project));
  const isOutside = relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return isOutside ? null : relative.split(path.sep).join("/");
}

async function repositoryAround(folder: string, signal: AbortSignal | undefined): Promise<Repository | null> {
  try {
    return await findRepository({ cwd: folder, signal });
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

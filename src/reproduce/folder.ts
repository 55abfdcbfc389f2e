/** A fresh folder with all that a run was made of, in which it can run again without touching the project. */
import { copyFileSync, existsSync, constants as fsConstants, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../domain/errors";
import type { RestoreProblem, RestoreReport } from "../domain/restore";
import type { Run } from "../domain/run";
import { restoreRun } from "../snapshot/restore";
import type { Store } from "../store/contract";
import { type Move, moveOf } from "./place";
import { giveRepository } from "./repository";

export interface FreshFolder {
  folder: string;
  move: Move;
  /** What of code, data and config could not be restored. */
  problems: RestoreProblem[];
}

export interface FolderOptions {
  /** Default: one of ours, in the store folder. */
  to?: string;
  signal?: AbortSignal;
}

/**
 * Restores the run into the folder. Throws UserError when that cannot be, and when data that the run read is not to be had
 * any more, neither as it was nor changed; the folder is removed again then if it is ours.
 */
export async function makeFolder(store: Store, run: Run, { to, signal }: FolderOptions): Promise<FreshFolder> {
  const folder = to === undefined ? ownFolder(store, run) : path.resolve(to);
  try {
    const report = await restoreRun(store, run.id, { to: folder, parts: ["code", "data", "config"], signal });
    signal?.throwIfAborted();
    const move = moveOf(run, report, store.root);
    bringChangedData(report, move);
    markProject(move.after.project);
    await giveRepository(folder, run.snapshot.code);
    return { folder, move, problems: report.problems };
  } catch (error) {
    if (to === undefined) removeFolder(folder);
    throw error;
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** `<store>/reproductions/<run>`, with a number behind when there is one already. */
function ownFolder(store: Store, run: Run): string {
  const parent = path.join(store.folder, "reproductions");
  mkdirSync(parent, { recursive: true });
  const base = run.name.replaceAll(/[^\w.-]+/g, "-").slice(0, 60) || run.id.slice(0, 8);
  for (let number = 1; ; number++) {
    const folder = path.join(parent, number === 1 ? base : `${base}-${number}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/**
 * Files whose bytes were not kept, and which have changed since, are taken as they are now: the run can go on then, and the
 * verdict says so.
 */
function bringChangedData({ problems }: RestoreReport, { before, after }: Move): void {
  const lost = problems.filter(({ part }) => part === "data" || part === "config");
  for (const { path: name, message } of lost) {
    const now = path.resolve(before.project, name);
    if (!existsSync(now)) throw new UserError(`This run cannot be run again without ${name}. ${message}`);
    const target = path.resolve(after.project, name);
    if (target === now || existsSync(target)) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(now, target, fsConstants.COPYFILE_FICLONE);
  }
}

/** Makes it a project of its own: the folders above it are not the run's. */
function markProject(project: string): void {
  const marker = path.join(project, ".modeltrail");
  mkdirSync(marker, { recursive: true });
  writeFileSync(path.join(marker, ".gitignore"), "*\n");
}

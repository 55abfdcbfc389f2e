/** Restores a run as a git work tree: its own HEAD and index, the bytes as the run had them, nothing else touched. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../domain/errors";
import type { RestoreReport } from "../domain/restore";
import { gitDirOf } from "./code/repository";
import { createNoted } from "./code/snapshotNotes";
import type { CodePlace } from "./codeReader";
import { GitError, git } from "./git";
import { joinRecords, splitRecords } from "./gitPath";
import { assertEmpty, type RestoreOptions, type RestoreStore, restoreInto, runOf } from "./restore";
import { notesOf } from "./restore/codeList";
import { findCode } from "./restore/findCode";
import { OUTSIDE } from "./restore/layout";
import { createRestoring } from "./restore/restoring";

/**
 * As `restoreRun`, into a new work tree of the user's repository with the run's snapshot as its detached HEAD. To git it is
 * clean, so that `git worktree remove` removes it. The user's own work tree, index, HEAD and settings stay as they are.
 * Throws UserError also when the code is not in a repository of the user's.
 */
export async function restoreWorktree(
  store: RestoreStore,
  id: string,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const run = runOf(store, id);
  const to = path.resolve(options.to);
  assertEmpty(to);
  const { signal } = options;
  const found = await findCode(store, run.snapshot.code, signal);
  const place = theirPlace(store, found.place, run.name);
  await addWorktree(place, to, signal);
  try {
    const report = await restoreInto(to, createRestoring(store, run, found, options));
    hideOutside(report.folder);
    await writeIndex(place, report.folder, store.folder);
    return report;
  } catch (error) {
    await git(["worktree", "remove", "--force", to], at(place)).catch(() => {});
    throw error;
  }
}

const at = ({ gitDir }: CodePlace) => ({ cwd: gitDir, env: { GIT_DIR: gitDir } });

function theirPlace(store: RestoreStore, place: CodePlace | null, name: string): CodePlace {
  if (place === null)
    throw new UserError(`The code of ${name} was not captured, or is gone: there is nothing to make a work tree of.`);
  const isOurs = !path.relative(store.folder, place.gitDir).startsWith("..");
  if (!isOurs) return place;
  throw new UserError(
    `The code of ${name} is in no git repository that could have another work tree. Restore it to a folder instead.`,
  );
}

async function addWorktree(place: CodePlace, to: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await git(["worktree", "add", "--detach", "--no-checkout", to, place.commit], { ...at(place), signal });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(`Git could not make a work tree at ${to}: ${error.stderr.trim().split("\n").at(-1)}`, {
      cause: error,
    });
  }
}

/** Of no interest to git; and in its way when it is to remove the work tree. */
function hideOutside(folder: string): void {
  const outside = path.join(folder, OUTSIDE);
  if (fs.existsSync(outside)) fs.writeFileSync(path.join(outside, ".gitignore"), "*\n");
}

/** Attributes stronger than any in the files: no conversion is made. */
const VERBATIM = "* -text -eol -crlf -ident -filter -working-tree-encoding\n";

/**
 * Writes the work tree's index so that git finds every file unchanged. Git itself would compare what its conversions make of
 * the files, and these are as they lay on disk: so it is asked from a repository beside, which has no conversions.
 */
async function writeIndex(place: CodePlace, folder: string, storeFolder: string): Promise<void> {
  const { gitDir, commit } = place;
  const beside = path.join(storeFolder, "tmp", `worktree-${randomBytes(4).toString("hex")}`);
  try {
    fs.mkdirSync(path.dirname(beside), { recursive: true });
    const format = commit.length === 64 ? ["--object-format=sha256"] : [];
    await git(["init", "--bare", "--quiet", "--template=", ...format, beside], { cwd: path.dirname(beside) });
    for (const name of ["info", "objects/info"]) fs.mkdirSync(path.join(beside, name), { recursive: true });
    fs.writeFileSync(path.join(beside, "objects/info/alternates"), `${path.join(gitDir, "objects")}\n`);
    fs.writeFileSync(path.join(beside, "info/attributes"), VERBATIM);
    const index = path.join(gitDirOf(folder)!, "index");
    const context = { cwd: folder, env: { GIT_DIR: beside, GIT_WORK_TREE: folder, GIT_INDEX_FILE: index } };
    await git(["read-tree", commit], context);
    await skipAbsent(place, context);
    // Git trusts what its index says of a file only when the index is newer, and some gits count in whole seconds.
    await delay(1010 - (Date.now() % 1000));
    // Ends with 1 when something is missing or differs, which the report says.
    await git(["update-index", "-q", "--refresh"], context).catch(onlyDifferences);
  } finally {
    fs.rmSync(beside, { recursive: true, force: true });
  }
}

async function skipAbsent(place: CodePlace, context: { cwd: string; env: Record<string, string> }): Promise<void> {
  const { absent } = await notesOf(place);
  if (absent.length === 0) return;
  const { stdout } = await git(["ls-files", "-z"], context);
  const input = joinRecords(splitRecords(stdout).filter(createNoted(absent)));
  await git(["update-index", "-z", "--skip-worktree", "--stdin"], { ...context, input });
}

function onlyDifferences(error: unknown): void {
  if (!(error instanceof GitError) || error.exitCode !== 1) throw error;
}

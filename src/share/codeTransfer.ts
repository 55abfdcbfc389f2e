/** Moves commits with all that they hold from one repository to another, and keeps them there from `git gc`. */
import { open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../domain/errors";
import { snapshotRef } from "../snapshot/code/treeBuilder";
import { GitError, git } from "../snapshot/git";
import { missingObjects } from "./codeQuestions";
import { listObjects, packObjects } from "./exportCode";
import { feedGit } from "./gitStream";

export interface TransferSource {
  gitDir: string;
  /** Of every commit. */
  parents: ReadonlyMap<string, string[]>;
}

/** As git itself does when it fetches: few objects are unpacked, so that no pile of small packs grows. */
const UNPACK_LIMIT = 500;

/**
 * Brings the commits into `gitDir`, each under its ref. What is there already is not brought again. `cut`: parents that are
 * not there are taken for the end of history; only for a repository of our own.
 */
export async function keepCommits(
  source: TransferSource,
  gitDir: string,
  commits: ReadonlySet<string>,
  cut: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const target = { cwd: gitDir, env: { GIT_DIR: gitDir, GIT_NO_REPLACE_OBJECTS: "1" }, signal };
  const objects = await listObjects(source.gitDir, commits, signal);
  const missing = await missingObjects(gitDir, objects, signal);
  if (missing.size > 0) {
    const how = missing.size < UNPACK_LIMIT ? ["unpack-objects", "-q"] : ["index-pack", "--stdin"];
    await feedGit(how, target, packObjects(source.gitDir, missing, signal));
  }
  if (cut) await endHistoryAt(gitDir, await withoutParents(source, gitDir, commits, signal));
  // What was thought to be there may be a rest that git is about to collect: now it is known, and kept.
  await listObjects(gitDir, commits, signal);
  const input = [...commits].map((commit) => `update ${snapshotRef(commit)} ${commit}\n`).join("");
  await patiently(() => git(["update-ref", "--stdin"], { ...target, input }));
}

/** Tries again while another git holds a lock, as when two imports bring the same code. */
async function patiently(action: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await action();
      return;
    } catch (error) {
      const isLocked = error instanceof GitError && /cannot lock ref|\.lock': File exists/.test(error.stderr);
      if (!isLocked || tries === LOCK_TRIES) throw error;
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

async function withoutParents(
  { parents }: TransferSource,
  gitDir: string,
  commits: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<string[]> {
  const missing = await missingObjects(
    gitDir,
    [...commits].flatMap((commit) => parents.get(commit) ?? []),
    signal,
  );
  return [...commits].filter((commit) => parents.get(commit)?.some((parent) => missing.has(parent)));
}

/** Adds to the commits at which history ends in the repository, as git notes it for shallow clones, under git's own lock. */
async function endHistoryAt(gitDir: string, commits: readonly string[]): Promise<void> {
  const file = path.join(gitDir, "shallow");
  const known = async () => new Set((await readFile(file, "latin1").catch(() => "")).split("\n").filter(Boolean));
  const before = await known();
  if (commits.every((commit) => before.has(commit))) return;
  const lock = await takeLock(`${file}.lock`);
  try {
    const all = [...new Set([...(await known()), ...commits])].sort();
    await lock.writeFile(all.map((commit) => `${commit}\n`).join(""));
    await lock.sync();
    await lock.close();
    await rename(`${file}.lock`, file);
  } catch (error) {
    await lock.close().catch(() => {});
    await rm(`${file}.lock`, { force: true });
    throw error;
  }
}

const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 100;

async function takeLock(file: string) {
  for (let tries = 1; ; tries++) {
    try {
      return await open(file, "wx");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (tries < LOCK_TRIES) {
        await sleep(LOCK_PAUSE_MS);
        continue;
      }
      throw new UserError(
        `${file} is in the way: another process is at work there, or was killed. If none is, remove it.`,
        {
          cause: error,
        },
      );
    }
  }
}

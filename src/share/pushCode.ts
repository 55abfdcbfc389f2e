/** Sends the code of runs to a remote of the user's repository, as refs below `refs/modeltrail/` and nothing else. */
import { realpathSync } from "node:fs";
import path from "node:path";
import type { CodeVersion } from "../domain/run";
import { snapshotRef } from "../snapshot/code/treeBuilder";
import { GitError, git } from "../snapshot/git";
import type { Store } from "../store/contract";
import { missingObjects } from "./codeQuestions";
import { type CodeRemote, findRemote, listRemote, portions } from "./codeRemote";
import { explainRemote, type RemoteOptions, userGit } from "./userGit";

export interface PushOptions extends RemoteOptions {
  /** Default: where the branch pushes to. */
  remote?: string;
}

export interface PushReport {
  remote: string;
  /** Commits of snapshots that are new at the remote. */
  pushed: string[];
  /** Commits that it had already. */
  present: string[];
  /** Runs whose code was not pushed, and why, in a sentence. */
  skipped: { id: string; name: string; reason: string }[];
  /** Paths of submodules whose own snapshots are in their own repositories, and not pushed. */
  submodules: string[];
}

/** Pushes the code of these runs. Throws UserError when there is no remote, or when it cannot be used. */
export async function pushCode(store: Store, ids: readonly string[], options: PushOptions = {}): Promise<PushReport> {
  const target = await findRemote(store.root, options.remote);
  const { repository, remote } = target;
  const report: PushReport = { remote, pushed: [], present: [], skipped: [], submodules: [] };
  const wanted = new Map<string, { id: string; name: string }[]>();
  for (const id of ids) {
    const run = store.getRunHead(id);
    if (!run) continue;
    const { commit } = run.snapshot.code;
    const reason = whyNotHere(run.snapshot.code, repository.commonDir, store.folder);
    if (reason !== null || commit === null) report.skipped.push({ id, name: run.name, reason: reason ?? "" });
    else wanted.set(commit, [...(wanted.get(commit) ?? []), { id, name: run.name }]);
  }
  if (wanted.size === 0) return report;
  const gone = await missingObjects(repository.commonDir, wanted.keys(), options.signal);
  for (const commit of gone) {
    const reason = `the repository no longer has its commit ${commit}.`;
    report.skipped.push(...wanted.get(commit)!.map((run) => ({ ...run, reason })));
    wanted.delete(commit);
  }
  const there = await listRemote(target, options);
  report.present = [...wanted.keys()].filter((commit) => there.has(commit));
  const fresh = [...wanted.keys()].filter((commit) => !there.has(commit));
  for (const portion of portions(fresh.map((commit) => `${commit}:${snapshotRef(commit)}`))) {
    await push(target, portion, options);
  }
  report.pushed = fresh;
  report.submodules = await submodulesOf(repository.commonDir, wanted.keys(), options.signal);
  return report;
}

/** Why a run's code cannot be pushed from this repository, in a sentence; null when it can. */
function whyNotHere({ commit, gitDir }: CodeVersion, here: string, storeFolder: string): string | null {
  if (commit === null || gitDir === null) return "its code was not captured.";
  if (realPath(gitDir) === realPath(here)) return null;
  if (path.dirname(realPath(gitDir)) === realPath(storeFolder)) {
    return "its code is in Modeltrail's own repository, because it was recorded outside git or imported from another project. Share it as a file: modeltrail export";
  }
  return `its code is in another repository, ${gitDir}. Push it from there.`;
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

async function push(
  { repository, remote, settings }: CodeRemote,
  refspecs: string[],
  options: RemoteOptions,
): Promise<void> {
  const how = [
    "--porcelain",
    "--no-follow-tags",
    "--recurse-submodules=no",
    options.interactive ? "--progress" : "--quiet",
  ];
  try {
    await userGit([...settings, "push", ...how, "--", remote, ...refspecs], repository.top, options);
  } catch (error) {
    throw explainRemote(withRefusals(error), `Pushing to ${remote}`, remote, options);
  }
}

/** What the remote says of single refs stands in the output: "!<tab>from:to<tab>[remote rejected] (reason)". */
function withRefusals(error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  const refusals = error.stdout
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("!"));
  const reasons = [...new Set(refusals.map((line) => line.split("\t").at(-1)!))];
  const { args, exitCode, stdout, stderr, startError } = error;
  return new GitError(args, exitCode, stdout, [stderr.trim(), ...reasons].join("\n"), startError);
}

/** Paths of submodules in these commits. */
async function submodulesOf(gitDir: string, commits: Iterable<string>, signal?: AbortSignal): Promise<string[]> {
  const at = { cwd: gitDir, env: { GIT_DIR: gitDir }, signal };
  const names = new Set<string>();
  // One question for all: few repositories have submodules.
  const input = [...commits].map((commit) => `${commit}:.gitmodules ${commit}\n`).join("");
  const found = await git(["cat-file", "--batch-check=%(objecttype) %(rest)"], { ...at, input });
  for (const line of found.stdout.toString("latin1").split("\n")) {
    if (!line.startsWith("blob ")) continue;
    const { stdout } = await git(["ls-tree", "-r", "-z", "--full-tree", line.slice("blob ".length)], at);
    for (const record of stdout.toString("utf8").split("\0")) {
      if (record.startsWith("160000 ")) names.add(record.slice(record.indexOf("\t") + 1));
    }
  }
  return [...names].sort();
}

/** Gets the code of runs from a remote of the user's repository: refs below `refs/modeltrail/` and nothing else. */
import { snapshotRef } from "../snapshot/code/treeBuilder";
import { git } from "../snapshot/git";
import type { Store } from "../store/contract";
import { missingObjects } from "./codeQuestions";
import { findRemote, listRemote, portions } from "./codeRemote";
import { explainRemote, type RemoteOptions, userGit } from "./userGit";

export interface FetchOptions extends RemoteOptions {
  /** Default: where the branch pushes to. */
  remote?: string;
}

/** What fetching needs of a store. */
export type FetchStore = Pick<Store, "root" | "getRunHead">;

export interface FetchReport {
  remote: string;
  /** Commits of snapshots that are new here. */
  fetched: string[];
  /** Commits that were here already. */
  present: string[];
  /** Of the runs that were asked for, those whose code the remote does not have and that is not here either. */
  missing: { id: string; name: string }[];
}

/**
 * Settings of the user's that would do more than what is asked for: with `fetch.prune`, git would delete the snapshots here
 * that the remote does not have.
 */
const ONLY_REFS = [
  "--no-tags",
  "--no-prune",
  "--no-prune-tags",
  "--no-recurse-submodules",
  "--no-write-fetch-head",
  "--no-auto-gc",
  "--no-filter",
  "--refmap=",
];

/**
 * Fetches the code of these runs, or with `ids` null all snapshots that the remote has. The runs themselves are not in git:
 * they come with `importRuns`. Throws UserError when there is no remote, or when it cannot be used.
 */
export async function fetchCode(
  store: FetchStore,
  ids: readonly string[] | null,
  options: FetchOptions = {},
): Promise<FetchReport> {
  const target = await findRemote(store.root, options.remote);
  const { repository, remote, settings } = target;
  const there = await listRemote(target, options);
  const runs = ids?.flatMap((id) => store.getRunHead(id) ?? []);
  const wanted = runs ? new Set(runs.flatMap((run) => run.snapshot.code.commit ?? [])) : there;
  const here = await localSnapshots(repository.commonDir, options.signal);
  const gone = await missingObjects(repository.commonDir, wanted, options.signal);
  const fresh = [...wanted].filter((commit) => there.has(commit) && (!here.has(commit) || gone.has(commit)));
  const how = options.interactive ? "--progress" : "--quiet";
  for (const portion of portions(fresh.map((commit) => `${snapshotRef(commit)}:${snapshotRef(commit)}`))) {
    try {
      await userGit([...settings, "fetch", ...ONLY_REFS, how, "--", remote, ...portion], repository.top, options);
    } catch (error) {
      throw explainRemote(error, `Fetching from ${remote}`, remote, options);
    }
  }
  const missing = (runs ?? []).filter(
    ({ snapshot: { code } }) => code.commit !== null && gone.has(code.commit) && !there.has(code.commit),
  );
  return {
    remote,
    fetched: fresh,
    present: [...wanted].filter((commit) => !gone.has(commit) && !fresh.includes(commit)),
    missing: missing.map(({ id, name }) => ({ id, name })),
  };
}

async function localSnapshots(gitDir: string, signal?: AbortSignal): Promise<Set<string>> {
  const args = ["for-each-ref", "--format=%(objectname)", snapshotRef("")];
  const { stdout } = await git(args, { cwd: gitDir, env: { GIT_DIR: gitDir }, signal });
  return new Set(stdout.toString("latin1").split("\n").filter(Boolean));
}

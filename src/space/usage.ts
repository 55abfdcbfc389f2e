/** What uses how much space: by kind and by experiment. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { GitError, git } from "../snapshot/git";
import type { ObjectUse, Store } from "../store/contract";
import { codeGitDirs, OWN } from "./code/gitDirs";
import { at } from "./code/gitObjects";
import { listObjectFiles } from "./keptObjects";
import { fileSize, folderSize } from "./sizes";

/** Bytes of contents: of this experiment alone, and of those that other experiments have as well. */
export interface Share {
  own: number;
  shared: number;
}

export interface ExperimentSpace {
  experiment: string;
  /** Deleted ones included. */
  runs: number;
  deleted: number;
  /** Bytes of logs, and of the points of metrics. */
  logs: number;
  metrics: number;
  /** Bytes of data and config files. */
  data: Share;
  /** With what notebooks showed. */
  artifacts: Share;
  /** What freeing all runs of the experiment would give back. */
  own: number;
}

/** All in bytes. */
export interface SpaceUsage {
  folder: string;
  /** Of the store's folder. */
  total: number;
  kinds: {
    data: number;
    artifacts: number;
    /** Folders of runs: logs and what the tracer said. */
    logs: number;
    /** Params, metrics and all else that is not files. */
    database: number;
    /** The store's own git repository. */
    code: number;
    /** Objects that no run names: what code points to, and what `gc` frees. */
    other: number;
    /** Bundles of models, deployments with what they log, and Python environments that were made. */
    served: number;
    /** Temporary files, caches, what waits to be freed, and what a repair has put aside. */
    temporary: number;
  };
  /** What only deleted runs have, of data and artifacts. */
  deleted: number;
  /** Snapshots in the user's own repositories, beyond what branches and tags have; null where git cannot tell. */
  repositories: { gitDir: string; size: number | null }[];
  /** The one with the most own bytes first. */
  experiments: ExperimentSpace[];
}

export async function spaceUsage(store: Store): Promise<SpaceUsage> {
  const { folder } = store;
  const experiments = new Map(store.usage().map((one) => [one.experiment, emptySpace(one)]));
  const objects = await measureObjects(store, experiments);
  const database = await sum(["", "-wal", "-shm", "-journal"].map((end) => fileSize(join(folder, `db.sqlite${end}`))));
  const code = await sum(OWN.map((name) => folderSize(join(folder, name))));
  const logs = await folderSize(join(folder, "runs"));
  const temporary = await sum(["tmp", "trash", "cache", "damaged"].map((name) => folderSize(join(folder, name))));
  const served = await sum(["bundles", "deployments", "environments"].map((name) => folderSize(join(folder, name))));
  const kinds = { ...objects.kinds, logs, database, code, served, temporary };
  const total = Object.values(kinds).reduce((all, size) => all + size, 0);
  for (const one of experiments.values()) one.own = one.logs + one.metrics + one.data.own + one.artifacts.own;
  return {
    folder,
    total,
    kinds,
    deleted: objects.deleted,
    repositories: await measureRepositories(store),
    experiments: [...experiments.values()].sort((a, b) => b.own - a.own),
  };
}

function emptySpace(one: Omit<ExperimentSpace, "data" | "artifacts" | "own">): ExperimentSpace {
  return { ...one, data: { own: 0, shared: 0 }, artifacts: { own: 0, shared: 0 }, own: 0 };
}

interface Tally {
  kinds: { data: number; artifacts: number; other: number };
  deleted: number;
}

/** Both lists are in order of the hashes, so that neither need be held whole. */
async function measureObjects(store: Store, experiments: ReadonlyMap<string, ExperimentSpace>): Promise<Tally> {
  const tally: Tally = { kinds: { data: 0, artifacts: 0, other: 0 }, deleted: 0 };
  const uses = store.objectUses()[Symbol.iterator]();
  let use = uses.next();
  for await (const files of listObjectFiles(store.folder)) {
    for (const { sha256, size } of files) {
      while (!use.done && use.value.sha256 < sha256) use = uses.next();
      if (!use.done && use.value.sha256 === sha256) count(tally, experiments, use.value, size);
      else tally.kinds.other += size;
    }
  }
  return tally;
}

function count(
  tally: Tally,
  experiments: ReadonlyMap<string, ExperimentSpace>,
  { uses }: ObjectUse,
  size: number,
): void {
  const kind = uses.every((use) => use.kind === "artifact" || use.kind === "cell") ? "artifacts" : "data";
  tally.kinds[kind] += size;
  if (uses.every((use) => use.deleted)) tally.deleted += size;
  const users = new Set(uses.map((use) => use.experiment));
  for (const user of users) {
    const space = experiments.get(user);
    if (space) space[kind][users.size === 1 ? "own" : "shared"] += size;
  }
}

/** Best effort: what is kept by snapshots alone. Git before 2.31 cannot tell, nor where it does not trust the repository. */
async function measureRepositories(store: Store): Promise<SpaceUsage["repositories"]> {
  const theirs = codeGitDirs(store).filter((gitDir) => !OWN.some((name) => gitDir === join(store.folder, name)));
  return await Promise.all(
    theirs.filter((gitDir) => existsSync(gitDir)).map(async (gitDir) => ({ gitDir, size: await snapshotSize(gitDir) })),
  );
}

async function snapshotSize(gitDir: string): Promise<number | null> {
  const snapshots = "--glob=refs/modeltrail/snapshots";
  const args = ["rev-list", "--disk-usage", "--objects", snapshots, "--not", "--branches", "--tags", "--remotes"];
  try {
    return Number((await git(args, at(gitDir))).stdout.toString().trim());
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

async function sum(sizes: Promise<number>[]): Promise<number> {
  return (await Promise.all(sizes)).reduce((all, size) => all + size, 0);
}

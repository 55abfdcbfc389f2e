/**
 * Brings the code of archived runs to where it can be read here: into the project's own repository when that has the commits
 * that the snapshots stand on, else into the store's `code.git`, where history ends with the snapshots. Everything is unpacked
 * and checked in a repository of its own first.
 */
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../domain/errors";
import type { Gap } from "../domain/run";
import { ensureOwnRepository } from "../snapshot/code/ownRepository";
import { findRepository, gitDirOf } from "../snapshot/code/repository";
import { markStore } from "../snapshot/code/storeMark";
import { git } from "../snapshot/git";
import type { Store } from "../store/contract";
import type { ArchivedCode } from "./archive/format";
import { type ArchiveReader, damaged } from "./archive/reader";
import { commonDirOf, missingObjects, readParents, repositoryFormat, unsafeName } from "./codeQuestions";
import { keepCommits } from "./codeTransfer";
import { below, movedCode } from "./describeRun";
import { listObjects } from "./exportCode";

/** Where a run's code is now; both null when the archive has none of it. */
export interface PlacedCode {
  gitDir: string | null;
  root: string | null;
  gaps: Gap[];
}

type Format = "sha1" | "sha256";
type Options = { signal: AbortSignal | undefined; onBytes(bytes: number): void };

/** Commits with what they need, unpacked apart from everything. */
interface Stage {
  gitDir: string;
  commits: Set<string>;
  /** Of every commit. */
  parents: Map<string, string[]>;
}

/** A repository that code can be brought to. */
interface Target {
  gitDir: string;
  root: string;
}

/**
 * Places the code of these runs (by id). `folder`: for what is temporary, removed by the caller. Throws UserError when the
 * archive's code is not what it says.
 */
export async function importCode(
  archive: ArchiveReader,
  store: Pick<Store, "root" | "folder">,
  codes: ReadonlyMap<string, ArchivedCode>,
  folder: string,
  options: Options,
): Promise<Map<string, PlacedCode>> {
  const wanted = new Set([...codes.values()].flatMap(({ commits }) => commits));
  const stages = await unpack(archive, wanted, folder, options);
  const theirs = await projectRepository(store.root);
  const placed = new Map<string, PlacedCode>();
  /** Commits to bring, by the repository that they go to. */
  const journeys = new Map<string, { stage: Stage; commits: Set<string>; isOurs: boolean }>();
  const send = (stage: Stage, gitDir: string, commit: string, isOurs: boolean) => {
    const journey = journeys.get(gitDir) ?? { stage, commits: new Set(), isOurs };
    journey.commits.add(commit);
    journeys.set(gitDir, journey);
  };

  for (const [id, code] of codes) {
    const format = formatOf(code.commit ?? "");
    const stage = stages.get(format);
    if (code.commit === null || !stage?.commits.has(code.commit)) {
      placed.set(id, { gitDir: null, root: null, gaps: [] });
      continue;
    }
    const targets = theirs && (await inTheirs(theirs, code, stage));
    if (theirs && targets) {
      for (const [commit, gitDir] of targets) send(stage, gitDir, commit, false);
      placed.set(id, { ...theirs, gaps: placeGaps(code, theirs.root, store.root) });
    } else {
      const gitDir = await ensureOwnRepository(store.folder, { cwd: store.folder, signal: options.signal }, format);
      for (const commit of code.commits) send(stage, gitDir, commit, true);
      const root = ownRoot(store.root, code.project ?? "");
      placed.set(id, { gitDir, root, gaps: placeGaps(code, root, store.root) });
    }
  }
  for (const [gitDir, { stage, commits, isOurs }] of journeys) {
    await markStore({ cwd: gitDir, env: { GIT_DIR: gitDir } }, gitDir, store.folder);
    await keepCommits(stage, gitDir, commits, isOurs, options.signal);
  }
  return placed;
}

const formatOf = (commit: string): Format => (commit.length === 64 ? "sha256" : "sha1");

/** Unpacks the packs that have wanted commits, and makes sure that all that these hold is there and has harmless names. */
async function unpack(
  archive: ArchiveReader,
  wanted: ReadonlySet<string>,
  folder: string,
  options: Options,
): Promise<Map<Format, Stage>> {
  const stages = new Map<Format, Stage>();
  for (const [number, pack] of archive.manifest.code.entries()) {
    const commits = pack.commits.filter((commit) => wanted.has(commit) && formatOf(commit) === pack.format);
    if (commits.length === 0) continue;
    const stage = stages.get(pack.format) ?? (await makeStage(folder, pack.format));
    stages.set(pack.format, stage);
    const file = path.join(stage.gitDir, "objects", "pack", `pack-${number}.pack`);
    await archive.extract(pack.member, file, options);
    await believing(archive, pack.member, () => git(["index-pack", file], at(stage.gitDir, options)));
    for (const commit of commits) stage.commits.add(commit);
  }
  for (const stage of stages.values()) {
    await believing(archive, "its code", async () => {
      // Otherwise git would look for the history, which is not there.
      await writeFile(path.join(stage.gitDir, "shallow"), [...stage.commits].map((commit) => `${commit}\n`).join(""));
      await listObjects(stage.gitDir, stage.commits, options.signal);
      stage.parents = await readParents(stage.gitDir, stage.commits, options.signal);
    });
    for (const commit of stage.commits) {
      const name = await unsafeName(stage.gitDir, commit, options.signal);
      if (name !== null) throw trap(archive.file, name);
    }
  }
  const known = new Set([...stages.values()].flatMap(({ commits }) => [...commits]));
  const unknown = [...wanted].find((commit) => !known.has(commit));
  if (unknown) throw damaged(archive.file, `the commit ${unknown} is missing from it`);
  return stages;
}

async function makeStage(folder: string, format: Format): Promise<Stage> {
  const gitDir = await ensureOwnRepository(folder, { cwd: folder }, format);
  return { gitDir, commits: new Set(), parents: new Map() };
}

const at = (gitDir: string, { signal }: Pick<Options, "signal">) => ({ cwd: gitDir, env: { GIT_DIR: gitDir }, signal });

/** What git says against a pack is said of the archive. */
async function believing<T>(archive: ArchiveReader, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if ((error as Error).name !== "GitError") throw error;
    throw damaged(archive.file, `git cannot read ${what} (${(error as Error).message})`, error);
  }
}

function trap(file: string, name: string): UserError {
  return new UserError(
    `The code in ${file} has a file named ${JSON.stringify(name)}, which would be written where it does not belong. Nothing was imported. Ask who made the archive.`,
  );
}

/** The repository around the project, where it can be written to. */
async function projectRepository(root: string): Promise<Target | null> {
  try {
    const { commonDir, top } = await findRepository({ cwd: root });
    accessSync(path.join(commonDir, "objects"), constants.W_OK);
    return { gitDir: commonDir, root: top };
  } catch {
    return null;
  }
}

/**
 * Where each of the run's commits goes when the project's repository, and those of its submodules, know what they stand on;
 * else null: a commit without its history would be a fault in somebody's repository.
 */
async function inTheirs(theirs: Target, code: ArchivedCode, stage: Stage): Promise<Map<string, string> | null> {
  const targets = new Map([[code.commit!, theirs.gitDir]]);
  for (const [name, commit] of Object.entries(code.submodules)) {
    const gitDir = gitDirOf(path.join(theirs.root, name));
    if (gitDir === null) return null;
    targets.set(commit, await commonDirOf(gitDir));
  }
  for (const [commit, gitDir] of targets) {
    if ((await repositoryFormat(gitDir)) !== formatOf(commit)) return null;
    const parents = stage.parents.get(commit) ?? [];
    const missing = await missingObjects(gitDir, [commit, ...parents]);
    if (missing.has(commit) && (parents.length === 0 || missing.size > 1)) return null;
  }
  return targets;
}

/** The folder that paths of the code count from, so that the project lies in it as it did, if its name allows that. */
function ownRoot(root: string, project: string): string {
  const parts = project.split("/").filter(Boolean);
  const above = parts.reduce((folder) => path.dirname(folder), root);
  return below(above, root) === project ? above : root;
}

function placeGaps({ project }: ArchivedCode, codeRoot: string, root: string): Gap[] {
  if (project === null || below(codeRoot, root) === project) return [];
  const there = project === "" ? "the folder of its code itself" : `the folder ${project} in its code`;
  const message = `its project was ${there}, and is ${root} here, so that restored code and data lie otherwise to each other than they did.`;
  return [movedCode(project === "" ? message : `${message} Imported in a folder of that name, they lie as they did.`)];
}

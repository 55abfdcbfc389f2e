/** Makes the stage of a job: the project as the run's snapshot has it, with its data, and no secrets. */
import { constants, lstatSync, mkdirSync, statSync, utimesSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { Run } from "../../domain/run";
import { looksSecret } from "../../recorder/listeners/pathRules";
import { listTree } from "../../snapshot/codeReader";
import { readProjectFile } from "../../snapshot/projectFile";
import { restoreRun } from "../../snapshot/restore";
import type { Store } from "../../store/contract";
import { dataToSend } from "./dataToSend";
import type { StageFacts, StageFolder } from "./stageFolder";

export interface StageOptions {
  /** Globs that the target asks for, relative to the project. */
  globs: readonly string[];
  signal: AbortSignal;
}

export interface MadeStage {
  facts: StageFacts;
  /** What is not there as the run should have it. */
  warnings: string[];
}

/** Files copied at the same time. */
const AT_ONCE = 8;

/** Throws UserError when the run has no code, or its command starts where the job cannot have it. */
export async function makeStage(store: Store, run: Run, stage: StageFolder, options: StageOptions): Promise<MadeStage> {
  const { gitDir, commit, root: origin } = run.snapshot.code;
  if (gitDir === null || commit === null || origin === null) throw new UserError(noCode(run));
  const { signal } = options;
  stage.clear();
  const place = { gitDir, commit, root: origin };
  const [report, tree, project] = await Promise.all([
    restoreRun(store, run.id, { to: stage.work, parts: ["code"], only: (name) => !looksSecret(name), signal }),
    listTree(place),
    readProjectFile(store.root).catch(() => ({})),
  ]);
  signal.throwIfAborted();
  if (report.cwd === null) {
    throw new UserError(
      `The command starts in ${run.cwd}, outside of the code that is sent (${origin}). Start it from a folder of the project.`,
    );
  }
  const files = tree.map((file) => file.path);
  keepTimes(files, { origin, stage: stage.work, before: run.startTime });
  const wanted = await dataToSend({
    ...{ store, project, script: run.script, globs: options.globs },
    code: { place, files },
  });
  await copyData(wanted, { origin, stage: stage.work, code: new Set(files), signal });
  const inside = (folder: string) => path.relative(report.folder, folder).split(path.sep).join("/");
  const facts = { origin, project: inside(report.project), cwd: inside(report.cwd) };
  mkdirSync(report.cwd, { recursive: true });
  stage.finish(facts);
  return { facts, warnings: report.problems.map(({ message }) => message) };
}

function noCode({ name, gaps }: Run): string {
  const why = gaps.find(({ kind }) => kind === "no-git" || kind === "other")?.message;
  return `No code was recorded with ${name}, so there is nothing to send.${why ? ` ${why}` : ""}`;
}

/** Clocks and disks tell times coarsely. */
const TICK_MS = 2_000;

/**
 * Gives what was restored the times that it has in the project, where it is as it is there: so that what was sent before is
 * known by its size and time, and not sent again.
 */
function keepTimes(files: readonly string[], at: { origin: string; stage: string; before: number }): void {
  for (const file of files) {
    const own = lstatSync(path.join(at.origin, file), { throwIfNoEntry: false });
    // What is younger than the snapshot may be another than what is in it.
    if (!own?.isFile() || Math.max(own.mtimeMs, own.ctimeMs) > at.before - TICK_MS) continue;
    const copy = path.join(at.stage, file);
    const made = lstatSync(copy, { throwIfNoEntry: false });
    if (made?.isFile() && made.size === own.size) utimesSync(copy, own.atimeMs / 1000, own.mtimeMs / 1000);
  }
}

interface Copying {
  origin: string;
  stage: string;
  /** Names of the files of the code, which are there. */
  code: ReadonlySet<string>;
  signal: AbortSignal;
}

/** What is gone by now is left out: a run on this machine would not find it either. */
async function copyData(wanted: Iterable<string>, { origin, stage, code, signal }: Copying): Promise<void> {
  const queue = [...wanted].filter((file) => {
    const inside = path.relative(origin, file);
    const isOutside = inside === "" || inside.startsWith("..") || path.isAbsolute(inside);
    return !isOutside && !looksSecret(file) && !code.has(inside.split(path.sep).join("/"));
  });
  const next = queue.values();
  const work = async () => {
    for (const file of next) {
      signal.throwIfAborted();
      const stat = statSync(file, { throwIfNoEntry: false });
      if (!stat?.isFile()) continue;
      const copy = path.join(stage, path.relative(origin, file));
      mkdirSync(path.dirname(copy), { recursive: true });
      await copyFile(file, copy, constants.COPYFILE_FICLONE);
      utimesSync(copy, stat.atimeMs / 1000, stat.mtimeMs / 1000);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Records a run with the real command, restores it to a new folder with the real command, and compares what ran with that. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { RestoreReport } from "../../src/domain/restore";
import type { Gap, Run } from "../../src/domain/run";
import { filesOnDisk, gitIn, temporaryFolder } from "../../src/snapshot/code/testRepository";
import { baseEnvironment, modeltrail, python } from "../recorder/cli";
import { type Place, showLatest, stateOf, visit } from "../recorder/place";

export interface Case extends Partial<Place> {
  /** The repository or folder that the run belongs to. */
  root: string;
  /** Files that are no part of the run: ignored, and not used. */
  without?: string[];
  /** What the run must say was not captured; all else is to be restored exactly. */
  gaps?: Partial<Gap>[];
  /** Whether the restored folder is said to be exact; default: when there is no gap. */
  exact?: boolean;
  /** Files that a gap names, and that may therefore be there as something else or not at all. */
  inexact?: string[];
}

export interface Outcome {
  run: Run;
  report: RestoreReport;
  /** Of later commands in the same place. */
  env: Record<string, string>;
}

/** The script of every case: it changes nothing. */
export const TRAIN = "print('loss: 0.25')\n";

/** Runs, restores, and expects every file to be there as it was, byte by byte; before and after the user's own `git gc`. */
export async function expectRestored(test: Case): Promise<Outcome> {
  const { root, without = [], gaps = [], inexact = [], exact = gaps.length === 0 } = test;
  const place = { cwd: root, command: [python, "train.py"], watched: [root], ...test };
  const { complaint, env } = await visit(place);
  expect(complaint).toBe("");
  const run = showLatest(place.cwd, env);
  expect(run).toMatchObject({ status: "finished", warnings: [] });
  expect(run.gaps).toMatchObject(gaps);
  for (const { path, message } of run.gaps) expect(message).toContain(path ?? "");
  const ran = filesOnDisk(root);
  for (const name of [...without, ...inexact]) delete ran[name];
  const restore = () => {
    const before = place.watched.map(stateOf);
    const report = restoreTo(join(temporaryFolder(), "restored"), place.cwd, env);
    expect(report).toMatchObject({ problems: [], cancelled: false, exact });
    const restored = filesOnDisk(report.folder);
    for (const name of inexact) delete restored[name];
    expect(restored).toEqual(ran);
    expect(place.watched.map(stateOf)).toEqual(before);
    return report;
  };
  const report = restore();
  for (const folder of place.watched) collectGarbage(folder);
  restore();
  return { run, report, env };
}

/** `modeltrail restore REFERENCE --to …`, which may end with problems. */
export function restoreTo(to: string, cwd: string, env: Record<string, string>, reference = "latest"): RestoreReport {
  const [program, ...args] = modeltrail("restore", reference, "--to", to, "--json");
  const options = { cwd, env: { ...baseEnvironment(cwd), ...env }, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync(program!, args, options);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as RestoreReport;
  expect(status).toBe(report.problems.length > 0 ? 1 : 0);
  return report;
}

/** As a user can do any time: whatever no ref holds is gone, here and in the submodules. */
function collectGarbage(folder: string): void {
  if (!existsSync(join(folder, ".git"))) return;
  const all = [folder, ...submodules(folder).map((name) => join(folder, name))];
  for (const repository of all) {
    gitIn(repository, "reflog", "expire", "--expire=now", "--all");
    gitIn(repository, "-c", "core.hooksPath=/dev/null", "gc", "--quiet", "--prune=now");
    expect(gitIn(repository, "fsck", "--strict", "--no-dangling", "--no-progress")).toBe("");
  }
}

function submodules(folder: string): string[] {
  const paths = gitIn(folder, "submodule", "--quiet", "foreach", "--recursive", 'echo "$displaypath"');
  return paths === "" ? [] : paths.split("\n");
}

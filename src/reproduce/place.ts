/** Where a run was, and where it is to be this time: paths are moved from the one to the other. */
import path from "node:path";
import { replaceFolder } from "../domain/replaceFolder";
import type { RestoreReport } from "../domain/restore";
import type { Run } from "../domain/run";

/** One of the two. All absolute. */
export interface Whereabouts {
  /** The folder that the code's paths are relative to. */
  root: string;
  /** The project's: paths of the run's files are relative to it. */
  project: string;
  /** The working directory. */
  cwd: string;
}

export interface Move {
  before: Whereabouts;
  after: Whereabouts;
}

/** `storeRoot`: the project of the store, which stands for the code's root where there was no code. */
export function moveOf(run: Pick<Run, "cwd" | "snapshot">, report: RestoreReport, storeRoot: string): Move {
  const inside = path.relative(report.folder, report.project);
  const { root } = run.snapshot.code;
  return {
    before: { root: root ?? storeRoot, project: root === null ? storeRoot : path.join(root, inside), cwd: run.cwd },
    after: { root: report.folder, project: report.project, cwd: report.cwd ?? run.cwd },
  };
}

/** A text that may name files of the first place, in full: an argument, a list of folders. */
export function moveText(text: string, { before, after }: Move): string {
  return replaceFolder(text, before.root, after.root);
}

/** The name that a file of the second run has in the first run's terms: what is named in full in the old place is its file. */
export function nameBefore(name: string, { before }: Move): string {
  const inside = path.isAbsolute(name) ? path.relative(before.project, name) : name;
  const isOutside = inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside);
  return isOutside ? name : inside.split(path.sep).join("/");
}

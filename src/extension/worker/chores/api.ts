/** Long work that the extension host asks of a thread made for it, and how that thread tells how far it is. */
import type { RunComparison } from "../../../domain/comparison";
import type { DatasetComparison } from "../../../domain/datasetComparison";
import type { RestoredFile, RestoreReport } from "../../../domain/restore";
import type { TableComparison } from "../../../domain/tableComparison";
import type { ReportFormat } from "../../../report/writeReport";
import type { ExportReport } from "../../../share/exportRuns";
import type { ArchiveSummary, ImportReport } from "../../../share/importRuns";
import type { FreeReport } from "../../../space/free";
import type { SpacePlan } from "../../../space/plan";
import type { SpaceUsage } from "../../../space/usage";

import type { Problem } from "../../../targets/contract";
import type { EntryPoints } from "../../../targets/entryPoints/contract";
import type { StageSize } from "../../../targets/stage/describeStage";

export type { ReportFormat };

export interface TargetCheckRequest {
  root: string;
  target: string;
  command: string[];
  cwd: string;
  env: Record<string, string>;
}

export interface TargetCheck {
  problems: Problem[];
  /** Null: nothing is sent, or it is not known yet. */
  size: StageSize | null;
}

/** How far something is. */
export interface ChoreProgress {
  /** What is being worked on, for people. */
  what?: string;
  done?: number;
  /** What `done` will be at the end. */
  total?: number;
}

/** A table that is another in two versions of a dataset. */
export interface ChangedTable {
  path: string;
  comparison: TableComparison;
}

export interface ComparedVersions {
  comparison: DatasetComparison;
  tables: ChangedTable[];
  /** Tables that changed and were not looked into: too many, or their content was not kept. */
  left: number;
}

/**
 * What would be freed: by the project's rules, all deleted runs, all scratch runs too, or as much as a budget asks for.
 */
export interface FreeingPlan extends SpacePlan {
  what: "rules" | "deleted" | "scratch" | "budget";
}

export interface ChoreApi {
  /** What can be started in a folder. */
  findEntryPoints(argument: { folder: string }): EntryPoints;

  /** What would fail there, and how much would be sent; nothing is started. `env`: what only this target's process may see. */
  checkTarget(argument: TargetCheckRequest): TargetCheck;

  /** With `workspace` also from the files as they are now; `all`: with what is the same. */
  compareRuns(argument: { root: string; ids: string[]; workspace: boolean; all: boolean }): RunComparison;
  /** Two versions of a dataset, with the first of the tables that changed. */
  compareVersions(argument: { root: string; before: string; after: string }): ComparedVersions;
  /** Two contents that the store keeps of the file `path`. */
  compareTables(argument: { root: string; path: string; before: string; after: string }): TableComparison;

  /** Writes into `to`, which is empty or not there. */
  restoreRun(argument: { root: string; id: string; to: string }): RestoreReport;
  /** The same in a new git worktree of the run's repository. */
  restoreWorktree(argument: { root: string; id: string; to: string }): RestoreReport;
  /** `path`: as the run names it; `written`: as the run left it instead of as it found it. */
  restoreFile(argument: { root: string; id: string; path: string; to: string; written: boolean }): RestoredFile;

  /** Into `file`, which is replaced; null: nothing is written, and the text of a comment is given. */
  reportRuns(argument: {
    root: string;
    ids: string[];
    baseline: string | null;
    format: ReportFormat;
    file: string | null;
  }): { files: string[]; text: string };

  exportRuns(argument: { root: string; ids: string[]; file: string; withoutData: boolean }): ExportReport;
  /** What is in an archive. */
  describeArchive(argument: { file: string }): ArchiveSummary;
  /** Into the store of this project, which is made if there is none. */
  importRuns(argument: { root: string; file: string }): ImportReport;

  /** A tool of src/agents/tools.ts, by its name there; the answer is JSON. */
  askTool(argument: { root: string; tool: string; input: object }): string;

  spaceUsage(argument: { root: string }): SpaceUsage;
  /** With a budget, in bytes, only what it asks for. Nothing is changed. */
  planFreeing(argument: { root: string; budget: number | null }): { usage: SpaceUsage; plans: FreeingPlan[] };
  freeSpace(argument: { root: string; plan: SpacePlan }): FreeReport;
}

export interface ChoreEvents {
  progress(argument: ChoreProgress): void;
}

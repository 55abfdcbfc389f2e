/** Files and the runs that they were part of, seen from the file: what an editor shows beside it. */
import type { RunSummary } from "../../domain/run";
import type { FileRole, PageOptions } from "../contract";

/** How a run used a file: as its `script` (or notebook), as another `source` file that it imported or ran, or as a recorded file. */
export type FileRunRole = "script" | "source" | Exclude<FileRole, "cell">;

/** The roles in which a file made a run what it was, and did not come out of it. */
export const MAKING_ROLES: readonly FileRunRole[] = ["script", "source", "config"];

export interface FileRun
  extends Pick<RunSummary, "id" | "name" | "experiment" | "status" | "exitCode" | "signal" | "startTime" | "endTime"> {
  roles: FileRunRole[];
  /** Of the content that the run read, or else of the one that it wrote; null for code, and where it could not be hashed. */
  sha256: string | null;
}

export interface FileRunPage {
  /** The newest first. */
  runs: FileRun[];
  /** Null on the last page. */
  next: string | null;
  /** Over all pages. */
  total: number;
}

/** A metric of a run as it ended, or stands now. NaN when it is not a number. */
export interface MetricValue {
  run: string;
  key: string;
  value: number;
}

export interface BestQuery {
  key: string;
  /** Whether less counts as better. */
  less: boolean;
}

/** Paths are as runs name them: relative to the root with `/`, or absolute. Deleted runs do not count. */
export interface FileRunStore {
  /** Runs that used the file in one of these roles; all when absent. */
  page(path: string, options?: PageOptions & { roles?: readonly FileRunRole[] }): FileRunPage;
  /** The last values of these metrics, or of all when absent, in these runs. */
  values(runs: readonly string[], keys?: readonly string[]): MetricValue[];
  /** Of the ended runs that used the file so, the one whose last value is best; the newest of equal ones. Null when none has the metric. */
  best(path: string, roles: readonly FileRunRole[], query: BestQuery): MetricValue | null;
}

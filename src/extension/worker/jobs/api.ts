/** Long work that the extension host asks of a thread made for it, and how that thread tells how far it is. */
import type { RunComparison } from "../../../domain/comparison";

/** How far something is. */
export interface JobProgress {
  /** What is being worked on, for people. */
  what?: string;
  done?: number;
  /** What `done` will be at the end. */
  total?: number;
}

export interface JobApi {
  /** With `workspace` also from the files as they are now; `all`: with what is the same. */
  compareRuns(argument: { root: string; ids: string[]; workspace: boolean; all: boolean }): RunComparison;
}

export interface JobEvents {
  progress(argument: JobProgress): void;
}

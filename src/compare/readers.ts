/** What a comparison needs beside the store. Implemented by src/snapshot/comparisonReaders.ts, which this room may not import. */
import type { CodeChange, FileState } from "../domain/comparison";
import type { CodeVersion, Environment, Gap } from "../domain/run";
import type { RunHead } from "../store/contract";

/** The code of a side; `run` null: the workspace's. */
export interface CodeOfSide {
  run: string | null;
  code: CodeVersion;
}

export interface WorkspaceState {
  code: CodeVersion;
  environment: Environment | null;
  gaps: Gap[];
}

export interface ComparisonReaders {
  /** Files that differ, without those that the runs wrote. Throws UserError when one of the two is gone. */
  codeChanges(before: CodeOfSide, after: CodeOfSide): Promise<CodeChange[]>;
  /** Everything in a config file by flattened key, secrets too; null when it is not known. `sha256` null: as it is now. */
  configValues(path: string, sha256: string | null): Promise<Record<string, string> | null>;
  /** Code and environment as they are now: the environment that the run's command would get. */
  workspace(beside: RunHead): Promise<WorkspaceState>;
  /** Files as they are now, named as runs name them; null where there is none. */
  filesNow(paths: readonly string[]): Promise<(FileState | null)[]>;
}

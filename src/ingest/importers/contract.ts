/**
 * Other trackers, as this folder reads them: one file for each kind, behind one contract. An importer finds runs and reads
 * them; what is done with them (`importFrom`) is the same for all. An importer changes nothing of its source, runs nothing of
 * it, unpickles nothing, and opens no other address than the one that the user has named.
 */
import type { CodeVersion, ConfigFile, Environment, Gap, RunStatus } from "../../domain/run";
import type { ImportedSeries } from "../../store/contract";

export const IMPORT_KINDS = [
  "mlflow-folder",
  "mlflow-database",
  "mlflow-server",
  "dvc",
  "tensorboard",
  "wandb",
  "trackio",
  "aim",
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What runs are read from. */
export interface ImportPlace {
  kind: ImportKind;
  /** An absolute path, or the server's address, which may have a login or another secret in it. */
  location: string;
}

export interface ImportContext {
  /** The project's folder. */
  root: string;
  /** The store's, where contents are kept. */
  storeFolder: string;
  /** A folder for what is made on the way; it is removed when all is done. */
  temporary: string;
  /** Answers git with these arguments in the project's repository. Throws when git does not. */
  git(args: readonly string[]): Promise<Buffer>;
  /**
   * Keeps a commit of that repository as a run's code, from `git gc` and for all that can be done with code. Null when it is
   * not to be kept or cannot be.
   */
  keepCode(commit: string): Promise<Partial<CodeVersion> | null>;
  /** A Python for what only a tracker's own package can read, and the folder of our programs for it; null: there is none. */
  python: { program: string; folder: string } | null;
  /** Folders outside the source from which artifacts may be read. */
  artifactRoots: readonly string[];
  signal: AbortSignal | undefined;
}

export interface Importer {
  kind: ImportKind;
  /** What people call it, e.g. "MLflow folder". */
  title: string;
  /** The runs that there are, without those that were deleted there. Throws UserError when the place cannot be read. */
  find(place: ImportPlace, context: ImportContext): Promise<FoundRun[]>;
}

/** A run that is there, not read yet. */
export interface FoundRun {
  /** 32 hex digits: the same whenever the same run is found, and the tracker's own where it has such ones. */
  id: string;
  /** As the tracker calls it. */
  originalId: string;
  name: string;
  experiment: string;
  /** It was sent there from a store of ours: where it is here, it is not taken back. */
  isSent?: boolean;
  /** Another one whenever anything of the run is; null when only reading tells. */
  state: string | null;
  read(): Promise<ForeignRun>;
}

export interface ForeignRun {
  status: RunStatus;
  exitCode: number | null;
  /** Ms since the epoch. */
  startTime: number;
  endTime: number | null;
  params: Record<string, string>;
  tags: Record<string, string>;
  note: string;
  command: string[];
  cwd: string | null;
  script: string | null;
  /** Our id of the parent run. */
  parent: string | null;
  code: Partial<CodeVersion>;
  environment: Environment | null;
  config: (Omit<ConfigFile, "sha256"> & { bytes: Uint8Array })[];
  series: ImportedSeries[];
  artifacts: ForeignFile[];
  /** What it printed. */
  log: Uint8Array | null;
  gaps: Gap[];
}

/** A file that the tracker has of a run; `path` relative, with `/`. */
export type ForeignFile =
  | { path: string; file: string }
  | { path: string; size: number | null; download(to: string): Promise<void> };

/** A run of which nothing is known yet. */
export function emptyRun(startTime: number): ForeignRun {
  return {
    ...{ status: "finished", exitCode: null, startTime, endTime: null, params: {}, tags: {}, note: "", command: [] },
    ...{ cwd: null, script: null, parent: null, code: {}, environment: null, config: [], series: [], artifacts: [] },
    ...{ log: null, gaps: [] },
  };
}

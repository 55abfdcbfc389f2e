/** What the store offers to the recorder, the command line and the extension's worker. Implemented by `openStore`. */
import type { CellExecution } from "../domain/cells";
import type {
  Artifact,
  CodeVersion,
  ConfigFile,
  DataFile,
  Environment,
  Gap,
  MetricPoint,
  Run,
  RunDataset,
  RunStatus,
  RunSummary,
} from "../domain/run";
import type { AuditStore } from "./audit/contract";
import type { CellStore } from "./cells/contract";
import type { DeploymentStore } from "./deployments/contract";
import type { FileRunStore } from "./fileRuns/contract";
import type { GateStore } from "./gates/contract";
import type { JobStore } from "./jobs/contract";
import type { LoggedModelStore } from "./loggedModels/contract";
import type { RegistryStore } from "./registry/contract";
import type { SearchStore } from "./search/contract";
import type { SweepStore } from "./sweeps/contract";
import type { TableStore } from "./table/contract";
import type { TraceStore } from "./traces/contract";
import type { TrackingStore } from "./tracking/contract";
import type { TrustStore } from "./trust/contract";

/** A process that can be told apart from a later one with the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Start time as the operating system gives it, opaque; empty where it cannot be had. */
  startToken: string;
  /** Host name and boot: a process of another host is never judged dead from here. */
  host: string;
}

export interface NewRun {
  experiment: string;
  /** Absent: a memorable one is made, unique within the store. */
  name?: string;
  command: string[];
  cwd: string;
  script: string | null;
  note?: string;
  tags?: Record<string, string>;
  parent?: string | null;
  startTime: number;
  recorder: ProcessIdentity;
  /** Who started it: "cli", "vscode", … */
  source: string;
  /** The job that it is begun for: from then on the job has this run, and ends when it does. */
  job?: string;
}

/** How the run's command ended. */
export interface RunEnd {
  status: Exclude<RunStatus, "running">;
  exitCode: number | null;
  signal: string | null;
  endTime: number;
  /** Why, when it is more than that: for its job. Undefined: what is known of the job holds. */
  reason?: string | null;
}

/** Where a dataset comes from: `modeltrail.yaml`, DVC's files, or simply what runs read. */
export type DatasetKind = "declared" | "dvc" | "read";

/** A dataset as a run used it. Its manifest, the object `version`, is kept before this is ingested. */
export interface RunDatasetVersion extends RunDataset {
  kind: DatasetKind;
  /** What DVC calls this content: the MD5 of a file, or of a folder's listing with ".dir" behind it. */
  md5?: string;
}

/** What ingest adds to a run in one transaction together with the place it has read up to. */
export interface IngestBatch {
  params?: Record<string, string>;
  /** Null takes a tag away. */
  tags?: Record<string, string | null>;
  /**
   * Points by source ("output", "metrics-file", "system", …), in arrival order. `guessedSteps`: their steps are ours, so they
   * say nothing of how the source counts.
   */
  points?: { source: string; points: MetricPoint[]; guessedSteps?: boolean }[];
  data?: DataFile[];
  config?: ConfigFile[];
  artifacts?: Artifact[];
  /** Paths of source files that it imported or ran. */
  sources?: string[];
  /** Of one name and role, the last given holds. */
  datasets?: RunDatasetVersion[];
  /** Of one ordinal, the last given holds. Their objects are kept before. */
  cells?: CellExecution[];
  gaps?: Gap[];
  warnings?: string[];
  environment?: Environment;
  logSize?: number;
  /** The command's own process, once started. */
  process?: ProcessIdentity;
  /** JSON-able; returned by `checkpoint(id)` so that another process can go on from here. */
  checkpoint?: unknown;
}

export type SortKey = "startTime" | "endTime" | "name" | "status" | "duration" | `metric:${string}` | `param:${string}`;

export interface RunQuery {
  experiment?: string;
  status?: RunStatus[];
  /** Case-insensitive substring of name, note, tag values, experiment or script. */
  text?: string;
  /** Null: only runs without that tag. */
  tags?: Record<string, string | null>;
  /** Only runs of this script (project-relative path); null: of none. */
  script?: string | null;
  /** Only child runs of this one; null: only those that are no child of a run still there. */
  parent?: string | null;
  /** Only runs that are pinned; false: that are not. */
  pinned?: boolean;
  /** Only runs with these inputs. */
  inputs?: string;
  /** Only scratch runs (see domain/scratch.ts); false: only others. */
  scratch?: boolean;
  /** With `scratch`: a run that began at this time or later (ms since the epoch) does not count as one. */
  scratchBefore?: number;
  /** Only runs that began before this time, ms since the epoch. */
  startedBefore?: number;
  /** Default: startTime, newest first. */
  sort?: { key: SortKey; descending: boolean };
  /** Default 100; at most 10,000. */
  limit?: number;
  /** From the previous page's `next`. */
  cursor?: string;
  /** Deleted runs instead of the live ones. */
  deleted?: boolean;
}

export interface RunPage {
  runs: RunSummary[];
  /** Null on the last page. */
  next: string | null;
  /** Number of runs that match, over all pages. */
  total: number;
}

export interface ExperimentSummary {
  name: string;
  runs: number;
  running: number;
  lastStart: number;
}

export type GroupKey = "experiment" | "status" | "script" | `tag:${string}`;

/** Runs that have the same experiment, status, script or tag. */
export interface RunGroup {
  /** Null: the runs that have none. */
  value: string | null;
  runs: number;
  running: number;
  lastStart: number;
}

/** Names that runs can be sorted or grouped by. */
export interface KeyNames {
  params: string[];
  metrics: string[];
  tags: string[];
}

export interface Changes {
  /** Highest revision of the store: pass it to the next call. */
  revision: number;
  /** Ids of runs changed or created since; at most 1,000, else `all` is true. */
  runs: string[];
  /** Runs deleted (or restored) since. */
  removed: string[];
  all: boolean;
}

export interface FileStamp {
  /** Bytes. */
  size: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
  ino: bigint;
}

/** A run that is running, and whose it is to finish when its recorder is gone. */
export interface RunningRun {
  id: string;
  recorder: ProcessIdentity;
  /** The command's own process, once known. */
  process: ProcessIdentity | null;
  /** Ms since the epoch of the last write to the run: how old the last word of a recorder on another machine is. */
  lastWrite: number;
}

export interface MetricHistory {
  points: MetricPoint[];
  /** Sources that spoke for the metric, in the order they first did. */
  sources: string[];
  /** Number of points in the whole series. */
  total: number;
}

/** A series against one of its axes, columns of equal length. Steps ascend; times (ms since the epoch) need not. */
export interface MetricAxis {
  x: Float64Array;
  y: Float64Array;
}

export interface ColumnsOptions {
  /** Sources whose points are left out of the series. */
  without?: readonly string[];
}

/** A page of a series as columns of equal length, in step order; `times` in ms since the epoch. */
export interface MetricColumns {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
  sources: string[];
  total: number;
}

export interface DatasetSummary {
  name: string;
  kind: DatasetKind;
  /** How many there are. */
  versions: number;
  /** How many used any of them. */
  runs: number;
  /** The version used last, with its number of files and its bytes. */
  current: string;
  files: number;
  size: number;
  /** Start of the last run that used it, ms since the epoch. */
  lastUsed: number;
}

export interface DatasetVersionSummary {
  version: string;
  files: number;
  /** Bytes. */
  size: number;
  /** Starts of the first and the last run that used it, ms since the epoch. */
  firstSeen: number;
  lastSeen: number;
  runs: number;
  /** What DVC calls this content; null when DVC does not know it. */
  md5: string | null;
}

export interface PageOptions {
  /** Default 100; at most 10,000. */
  limit?: number;
  /** From the previous page's `next`. */
  cursor?: string;
}

export interface DatasetVersionPage {
  /** The one used last first. */
  versions: DatasetVersionSummary[];
  /** Null on the last page. */
  next: string | null;
  total: number;
}

/** A run's use of a dataset. */
export interface DatasetUse {
  run: string;
  version: string;
  role: RunDataset["role"];
  startTime: number;
}

export interface DatasetUsePage {
  /** The newest run first. */
  uses: DatasetUse[];
  next: string | null;
  total: number;
}

/** "cell": what an execution of a notebook's cell is kept with; it is no file. */
export type FileRole = "read" | "write" | "config" | "artifact" | "cell";

/** A run without its lists of files. */
export type RunHead = RunSummary & { snapshot: Omit<Run["snapshot"], "data" | "config"> };

export interface ListFilesOptions {
  /** From the previous page's `next`. */
  after?: number;
  /** Default 5,000. */
  limit?: number;
}

export interface ListedFile {
  /** Stands for the path, in all runs of the store; a page has ascending ones. */
  number: number;
  path: string;
  /** Null when it could not be hashed. */
  sha256: string | null;
  /** Bytes; 0 for config files. */
  size: number;
}

export interface ListedFiles {
  files: ListedFile[];
  /** Null on the last page. */
  next: number | null;
}

/** A run's use of a file. */
export interface FileUse {
  run: string;
  role: FileRole;
  path: string;
  /** Null when it could not be hashed. */
  sha256: string | null;
  /** Bytes; null for config files. */
  size: number | null;
  startTime: number;
}

export interface FileUsePage {
  /** The newest run first. */
  uses: FileUse[];
  next: string | null;
}

/** What an experiment takes of the database and, as runs have told it, of logs. Bytes. */
export interface ExperimentUsage {
  experiment: string;
  /** Deleted ones included. */
  runs: number;
  deleted: number;
  logs: number;
  /** Packed points of metrics. */
  metrics: number;
}

/** A content that runs name, and the experiments whose runs do. */
export interface ObjectUse {
  sha256: string;
  uses: { experiment: string; kind: "data" | "artifact" | "config" | "cell" | "manifest"; deleted: boolean }[];
}

/** Where the code of runs is. */
export interface KeptCode {
  gitDir: string;
  commit: string;
  /** The work tree that it was taken from. */
  root: string | null;
}

/** A run that rules may free. */
export interface FreeableRun {
  id: string;
  name: string;
  experiment: string;
  /** Deleted by someone, or a scratch run (see domain/scratch.ts). */
  kind: "deleted" | "scratch";
  /** When it was deleted, or ended; ms since the epoch. */
  since: number;
}

/** Objects on their way out of the store: see freeing.ts. */
export interface Freeing {
  /** Takes those that nothing names out of the store, and gives them; they can be brought back until `finish`. */
  throwAway(hashes: readonly string[]): string[];
  /** All that was thrown away and not deleted for good, also by those who freed before. */
  trashed(): string[];
  bringBack(hashes: Iterable<string>): void;
  /**
   * Deletes what nobody can be counting on. `bytes`: of that; `waiting`: of what has to wait for the end of runs that are
   * running. Nothing can be done with this object afterwards.
   */
  finish(): { bytes: number; waiting: number };
  /** Instead of `finish`: leaves all as it is to who frees next. */
  abandon(): void;
}

/** Points of one metric, in step order; a metric may come in several pieces, one after the other. */
export interface ImportedSeries {
  key: string;
  /** All that spoke for the metric. */
  sources: string[];
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
}

export interface ImportedRun {
  /** Ended. Its `revision`, `repeatOf`, `repeats` and the summaries of its metrics mean nothing here. */
  run: Run;
  /** What kind each of the run's datasets is, by name; "read" when absent. */
  datasetKinds?: Record<string, DatasetKind>;
  series: Iterable<ImportedSeries>;
  cells?: CellExecution[];
}

/**
 * What became of a run of another tracker: `imported`; `updated`: it had been imported, and went on there since; `present`:
 * it was here as it is there; `recorded`: it was recorded here in the first place, and stays so; `deleted`: it was deleted
 * here, and stays so.
 */
export type BroughtRun = "imported" | "updated" | "present" | "recorded" | "deleted";

export interface OpenOptions {
  /** Make the store if there is none. Default true; false throws UserError then. */
  create?: boolean;
  /** Never writes, not even a missing migration. */
  readOnly?: boolean;
  /** Default: the write-ahead log, a rollback journal on network disks. */
  journal?: "wal" | "rollback";
  /** Who opens it, for the audit log: "cli" (default), "vscode", … */
  through?: string;
}

/** The known hash of an unchanged file, by the numbers of `fs.Stats`, else undefined. */
export type HashLookup = (
  path: string,
  stats: { size: number; mtimeMs: number; ctimeMs: number; ino: number },
) => string | undefined;

export interface Store {
  readonly root: string;
  /** The store folder, `<root>/.modeltrail` unless moved. */
  readonly folder: string;
  /** Set when something about this store deserves a word to the user (no WAL, fallback folder). */
  readonly notices: readonly string[];
  close(): void;

  createRun(run: NewRun): string;
  setCode(id: string, code: CodeVersion, gaps: Gap[], warnings: string[]): void;
  ingest(id: string, batch: IngestBatch): void;
  checkpoint(id: string): unknown;
  /** False when the run had ended already (someone else was quicker). */
  endRun(id: string, end: RunEnd, last?: IngestBatch): boolean;
  /** Marks that Stop was asked for, so that the end counts as `killed`. */
  requestStop(id: string): void;
  stopRequested(id: string): boolean;
  /**
   * Makes the finishing of a running run ours: true when its recorder is still `from`, and from then on is `to`. Of several
   * processes that find a dead recorder's run, one goes on.
   */
  claimRun(id: string, from: ProcessIdentity, to: ProcessIdentity): boolean;
  /**
   * Whether the run's recorder lives, also when it is in another container on this machine, or was before the container was
   * started anew. Unknown on other machines.
   */
  recorderState(run: RunningRun): "alive" | "dead" | "unknown";
  /** Runs that are `running` on this host, or with `everywhere` on any host that shares the store. */
  running(everywhere?: boolean): RunningRun[];

  getRun(id: string): Run | null;
  /** The same without the lists of files, which may be long: `listFiles` gives them in pages. */
  getRunHead(id: string): RunHead | null;
  /** A page of the files that the run has in this role, in an order that all runs of the store share. */
  listFiles(id: string, role: FileRole, options?: ListFilesOptions): ListedFiles;
  getSummaries(ids: string[]): RunSummary[];
  listRuns(query: RunQuery): RunPage;
  listExperiments(): ExperimentSummary[];
  /** The runs that `query` asks for, counted by what they share; its order and page mean nothing. Last used first. */
  listGroups(by: GroupKey, query: RunQuery): RunGroup[];
  /** Every name that some live run has, in alphabetical order. */
  listKeys(): KeyNames;
  /**
   * Full id from id, prefix of at least 4 digits, name or "latest" (newest start). An exact name wins over a prefix. Throws
   * UserError naming the candidates when ambiguous, and when none fits. With `deleted`: among the deleted runs instead.
   */
  resolveRun(reference: string, options?: { deleted?: boolean }): string;
  /** Points of one series in step order, one per (step): a later or better source replaces. `from`/`limit` page by index. */
  metricHistory(id: string, key: string, from: number, limit: number): MetricHistory;
  /** Who started the run: "cli", "vscode", … (see domain/runSource.ts). */
  runSource(id: string): string;
  /** Who told each metric of a run: "mlflow", "output", … (see domain/metricSource.ts). */
  metricSources(id: string): Record<string, string[]>;
  /** The same page as columns: a tenth of the time and memory when there are many points. */
  metricColumns(id: string, key: string, from: number, limit: number, options?: ColumnsOptions): MetricColumns;
  /** The whole series as x and value, in step order; null when the run has no such metric. For curves: see compare/buckets.ts. */
  metricAxis(id: string, key: string, axis: "steps" | "times"): MetricAxis | null;
  /**
   * Some points of a long series, in step order: its first and last, and of every few successive ones (no more than 32) those
   * with the least and the greatest finite value, or where there is none one that says so. A sixteenth of the reading. Null
   * when the run has no such metric, and when the whole series is as quickly read.
   */
  metricOutline(id: string, key: string, axis: "steps" | "times"): MetricAxis | null;
  /** Another text as soon as the series holds other points; null when the run has no such metric. */
  metricStamp(id: string, key: string): string | null;
  changesSince(revision: number): Changes;

  renameRun(id: string, name: string): void;
  setExperiment(id: string, experiment: string): void;
  setTag(id: string, key: string, value: string | null): void;
  setNote(id: string, note: string): void;
  /** Hides the runs; everything stays on disk until freed. Throws UserError for a running one. */
  deleteRuns(ids: string[]): void;
  restoreRuns(ids: string[]): void;

  /** Pinned runs cannot be deleted, and no rule frees them. */
  setPinned(ids: string[], pinned: boolean): void;
  /** Makes the run a repeat of those with equal inputs. Null: unknown. */
  setInputs(id: string, sha256: string | null): void;
  /** Ids of the runs, not deleted, with these inputs, by start. */
  listRepeats(inputs: string): string[];

  /** Names of all datasets that there ever were: quicker than `listDatasets`. */
  datasetNames(): { name: string; kind: DatasetKind }[];
  /** Datasets that runs (not deleted) used, by name. */
  listDatasets(): DatasetSummary[];
  listDatasetVersions(name: string, page?: PageOptions): DatasetVersionPage;
  /** Runs that used the dataset, or this version of it. */
  runsOfDataset(name: string, version: string | null, page?: PageOptions): DatasetUsePage;
  /** Runs (not deleted) that used a path, or a content. `path` as runs name it: relative to the root with `/`, or absolute. */
  fileUses(file: { path: string } | { sha256: string }, page?: PageOptions & { role?: FileRole }): FileUsePage;
  /** Every path that a run has written, deleted runs included, as runs name it. */
  writtenPaths(): string[];

  /**
   * Adds a whole run, in one transaction; its objects are in the store already, put while `holdObjects` was held. False, and
   * nothing done, when there is a run of this id (it may be deleted). Throws an Error for a run that is running.
   */
  importRun(imported: ImportedRun): boolean;
  /**
   * Takes in a run of another tracker in one transaction, its objects put as for `importRun`. `state` stands for all that the
   * run is there: another one brings the run up to date, except for its experiment and for tags, name and note that were
   * changed here. `imported.series` may be gone through more than once.
   */
  bringRun(imported: ImportedRun, state: string): BroughtRun;
  /** The state at which a run was brought in last; null when it was not. */
  broughtState(id: string): string | null;

  /** By experiment, deleted runs included. */
  usage(): ExperimentUsage[];
  /** Contents that runs and their datasets name, deleted runs included, in order of the hash; each is kept, or was too big. */
  objectUses(): Iterable<ObjectUse>;
  /** Deleted runs and scratch runs, none of them pinned, in the order in which they should go. */
  listFreeable(): FreeableRun[];
  /**
   * Contents that no other run than these, nor a dataset that another used, names, each with the place in `ids` of the last run that names it: freeing the runs
   * up to that place leaves it without use.
   */
  ownObjects(ids: readonly string[]): Iterable<{ sha256: string; place: number }>;
  /** Removes the rows of deleted runs for good, in one transaction. Throws UserError, nothing done, when one is not deleted. */
  freeRuns(ids: string[]): void;
  /** Begins to take out objects that nothing names. Throws UserError when another process is doing so. */
  startFreeing(): Freeing;
  /** Where runs, deleted ones included, have their code: each place once. */
  listCode(): KeptCode[];
  /** Where freed runs had theirs, as far as it has not been looked after. */
  listFreedCode(): KeptCode[];
  /** That in this git directory has been looked after. To be called within `whileNoCodeIsTaken`. */
  forgetFreedCode(gitDir: string): void;
  /** Those of the objects that no run, dataset or manifest names. */
  unnamedObjects(hashes: readonly string[]): string[];
  /**
   * Calls `body`, which takes moments, while no run can begin; undefined, and `body` not called, when a run's code is being
   * taken or a lease is held: then it cannot be told which commits are needed.
   */
  whileNoCodeIsTaken<T>(body: () => T): T | undefined;
  /** Runs, deleted ones included, that have this commit in this git directory. */
  runsWithCode(place: Pick<KeptCode, "gitDir" | "commit">): string[];
  /** Says of all runs with code at `from` that it is at `to` now: the project was moved. */
  moveCode(from: KeptCode, to: Omit<KeptCode, "commit">): void;
  /** Makes a run of a folder that has none: it is running, its recorder dead, so that it is finished from what is there. */
  adoptRun(id: string, run: NewRun): void;
  /** That this content is not kept any more: files with it are read again. */
  forgetHash(sha256: string): void;
  /** Those of the ids that are no run's, deleted ones included. */
  unknownRuns(ids: readonly string[]): string[];
  /** Gives the space of removed rows back to the disk when it is worth the time and no run is running; bytes that this gave. */
  compact(): number;
  /** Objects that runs (deleted ones included) name, each once, in order. Not those that only a manifest names. */
  referencedObjects(): Iterable<string>;
  /**
   * To be held while objects are put that no running run will name: who frees space lets them be found again until then. Gives
   * the function that lets go.
   */
  holdObjects(): () => void;

  /** Known hash of an unchanged file, else undefined. */
  cachedHash(path: string, stamp: FileStamp): string | undefined;
  cacheHashes(entries: { path: string; stamp: FileStamp; sha256: string }[]): void;
  /** For very many files at once: a look-up of what is known of the files below a folder now. */
  cachedHashesBelow(folder: string): HashLookup;

  /** What clients of MLflow's see and change. */
  readonly tracking: TrackingStore;
  /** Runs and experiments by a filter such as `metrics.loss < 0.1`. */
  readonly search: SearchStore;
  /** What ran in notebooks. */
  readonly cells: CellStore;
  readonly loggedModels: LoggedModelStore;
  readonly registry: RegistryStore;
  /** What gates have found of the registry's versions. */
  readonly gates: GateStore;
  readonly traces: TraceStore;
  /** Many runs as columns. */
  readonly table: TableStore;
  /** Runs as files see them. */
  readonly fileRuns: FileRunStore;
  /** What is to run where. */
  readonly jobs: JobStore;
  readonly sweeps: SweepStore;
  /** What is served where. */
  readonly deployments: DeploymentStore;
  /** Who did what to models and deployments. */
  readonly audit: AuditStore;
  /** Whose models may run code here. */
  readonly trust: TrustStore;

  /** Folder of the run's log, spool and so on; made if absent. */
  runFolder(id: string): string;
  logPath(id: string): string;
}

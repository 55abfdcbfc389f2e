/** What the store offers to the recorder, the command line and the extension's worker. Implemented by `openStore`. */
import type {
  Artifact,
  CodeVersion,
  ConfigFile,
  DataFile,
  Environment,
  Gap,
  MetricPoint,
  Run,
  RunStatus,
  RunSummary,
} from "../domain/run";

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
}

/** How the run's command ended. */
export interface RunEnd {
  status: Exclude<RunStatus, "running">;
  exitCode: number | null;
  signal: string | null;
  endTime: number;
}

/** What ingest adds to a run in one transaction together with the place it has read up to. */
export interface IngestBatch {
  params?: Record<string, string>;
  tags?: Record<string, string>;
  /** Points by source ("output", "metrics-file", "system", …), in arrival order. */
  points?: { source: string; points: MetricPoint[] }[];
  data?: DataFile[];
  config?: ConfigFile[];
  artifacts?: Artifact[];
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

/** A page of a series as columns of equal length, in step order; `times` in ms since the epoch. */
export interface MetricColumns {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
  sources: string[];
  total: number;
}

export interface OpenOptions {
  /** Make the store if there is none. Default true; false throws UserError then. */
  create?: boolean;
  /** Never writes, not even a missing migration. */
  readOnly?: boolean;
  /** Default: the write-ahead log, a rollback journal on network disks. */
  journal?: "wal" | "rollback";
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
  /** The same page as columns: a tenth of the time and memory when there are many points. */
  metricColumns(id: string, key: string, from: number, limit: number): MetricColumns;
  changesSince(revision: number): Changes;

  renameRun(id: string, name: string): void;
  setExperiment(id: string, experiment: string): void;
  setTag(id: string, key: string, value: string | null): void;
  setNote(id: string, note: string): void;
  /** Hides the runs; everything stays on disk until freed. Throws UserError for a running one. */
  deleteRuns(ids: string[]): void;
  restoreRuns(ids: string[]): void;

  /** Known hash of an unchanged file, else undefined. */
  cachedHash(path: string, stamp: FileStamp): string | undefined;
  cacheHashes(entries: { path: string; stamp: FileStamp; sha256: string }[]): void;
  /** For very many files at once: a look-up of what is known of the files below a folder now. */
  cachedHashesBelow(folder: string): HashLookup;

  /** Folder of the run's log, spool and so on; made if absent. */
  runFolder(id: string): string;
  logPath(id: string): string;
}

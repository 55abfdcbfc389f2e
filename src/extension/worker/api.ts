/** What the extension host asks of the store worker, and what the worker tells it. Every project is named by its root. */
import type { Repeats } from "../../compare/repeats";
import type { CellExecution } from "../../domain/cells";
import type { CodeChange } from "../../domain/comparison";
import type { DatasetComparison, DatasetFile } from "../../domain/datasetComparison";
import type { Lineage, LineageDirection, LineageRun } from "../../domain/lineage";
import type { Reproduction } from "../../domain/reproduction";
import type { Artifact, Run, RunSummary } from "../../domain/run";
import type { ColumnCells, ColumnKey, TableScope } from "../../domain/table/columns";
import type { LogPlace } from "../../ingest/logPlace";
import type { LogPosition, LogSearchPart } from "../../ingest/logSearch";
import type { LogText } from "../../ingest/logText";
import type {
  Boxes,
  BoxesRequest,
  CellsRequest,
  ChartSource,
  ChartsContent,
  CurvesRequest,
  ImportanceAnswer,
  ImportanceRequest,
  MetricCells,
} from "../../protocol/charts";
import type { PackedCurves } from "../../protocol/packedCurves";
import type { Preview } from "../../protocol/preview";
import type { RunPageContent } from "../../protocol/runPage";
import type { SideBySideContent } from "../../protocol/sideBySide";
import type { CellPage, LastCells } from "../../store/cells/contract";
import type {
  DatasetSummary,
  DatasetVersionPage,
  GroupKey,
  KeyNames,
  MetricColumns,
  PageOptions,
  RunGroup,
  RunPage,
  RunQuery,
} from "../../store/contract";
import type { TableIndex, TablePart } from "../../store/table/contract";
import type { DeploymentsApi } from "./deployments/api";
import type { EditorResults, FileHistory, MetricTrail, ParamTrail } from "./fileResults";
import type { JobsApi } from "./jobs/api";
import type { ModelsApi } from "./models/api";

export interface OpenedProject {
  root: string;
  /** Folder of the store; need not exist yet. */
  folder: string;
}

/** A run with what its lists do not show. */
export interface RunDetails {
  run: Run;
  children: number;
  /** The script's path in the run's code; null when there is none, or it is not in there. */
  script: string | null;
  since: SinceRun | null;
  /** Null when no other run has the same inputs. */
  repeats: Repeats | null;
  /** Of a notebook: the first of what ran. */
  cells?: CellPage;
  /** Who told each metric. */
  sources?: Record<string, string[]>;
}

/** What lineage is asked of: a file, by its content where that is known, or a version of a dataset. */
export type LineageRoot = { path: string; sha256?: string } | { dataset: string; version: string };

/** What changed since the run of the same script before this one. */
export interface SinceRun {
  id: string;
  name: string;
  /** In one line, e.g. "lr 0.1 → 0.01, 2 files of code". */
  line: string;
}

export interface StoreApi extends JobsApi, ModelsApi, DeploymentsApi {
  /** Finds the project that a folder belongs to and watches its store from now on. Creates nothing. */
  open(argument: { folder: string; mayWrite: boolean }): OpenedProject;
  close(argument: { root: string }): void;

  listRuns(argument: { root: string; query: RunQuery }): RunPage;
  listGroups(argument: { root: string; by: GroupKey; query: RunQuery }): RunGroup[];
  listKeys(argument: { root: string }): KeyNames;
  /** Null when there is no such run. */
  getRun(argument: { root: string; id: string }): RunDetails | null;
  getSummaries(argument: { root: string; ids: string[] }): RunSummary[];

  /** Many runs as columns: see `TableStore`. */
  tablePart(argument: { root: string; scope: TableScope; limit: number; more: ColumnKey[] }): TablePart;
  tableIndex(argument: { root: string; scope: TableScope }): TableIndex;
  tableColumns(argument: { root: string; scope: TableScope; columns: ColumnKey[] }): { columns: ColumnCells[] };

  renameRun(argument: { root: string; id: string; name: string }): void;
  setNote(argument: { root: string; id: string; note: string }): void;
  /** A null value removes the tag. */
  setTags(argument: { root: string; ids: string[]; tags: Record<string, string | null> }): void;
  setExperiment(argument: { root: string; ids: string[]; experiment: string }): void;
  setPinned(argument: { root: string; ids: string[]; pinned: boolean }): void;
  deleteRuns(argument: { root: string; ids: string[] }): void;
  restoreRuns(argument: { root: string; ids: string[] }): void;
  stop(argument: { root: string; id: string }): void;

  listDatasets(argument: { root: string }): DatasetSummary[];
  listDatasetVersions(argument: { root: string; name: string; page: PageOptions }): DatasetVersionPage;
  /** The newest run first. */
  runsOfDataset(argument: { root: string; name: string; version: string; page: PageOptions }): RunPage;
  /** The first files of a version, in the order of their paths. */
  datasetFiles(argument: { root: string; version: string; limit: number }): DatasetFile[];
  compareVersions(argument: { root: string; before: string; after: string; limit: number }): DatasetComparison;

  /** The verdict on a run that reproduces another; null when there is none. */
  reproduction(argument: { root: string; id: string }): Reproduction | null;

  lineage(argument: { root: string; of: LineageRoot; direction: LineageDirection; depth: number }): Lineage;
  /** What the run read (up) or wrote (down), without where that came from or went. */
  runLineage(argument: { root: string; id: string; direction: LineageDirection }): LineageRun;

  /** The runs of a panel with charts, and their metrics. */
  chartsContent(argument: { root: string; source: ChartSource }): ChartsContent;
  curves(argument: { root: string; request: CurvesRequest }): PackedCurves;
  metricCells(argument: { root: string; request: CellsRequest }): MetricCells;
  boxes(argument: { root: string; request: BoxesRequest }): Boxes;
  /** Null when the runs are too few, or have all the same value. */
  importance(argument: { root: string; request: ImportanceRequest }): ImportanceAnswer | null;
  /** Points `from` up to `from + limit` of a series. */
  metricColumns(argument: { root: string; id: string; key: string; from: number; limit: number }): MetricColumns;

  /** What the runs of a file (absolute) came to; null when it has none. `judged`: metrics of which the best is wanted too. */
  fileResults(argument: { root: string; file: string; judged: string[] }): EditorResults | null;
  /** The runs that used a file (absolute), in any role. */
  fileHistory(argument: { root: string; file: string; page: PageOptions }): FileHistory;
  /** A metric in the last runs of a file (absolute). */
  metricTrail(argument: { root: string; file: string; key: string }): MetricTrail;
  /** A param in the last runs of a file (absolute). */
  paramTrail(argument: { root: string; file: string; param: string }): ParamTrail;

  /** What ran in a notebook's run, in its order. */
  listCells(argument: { root: string; id: string; page: PageOptions }): CellPage;
  /** Null when there is no such execution. */
  getCell(argument: { root: string; id: string; ordinal: number }): CellExecution | null;
  /** The last executions of the cells of a notebook, which is named as runs name it. */
  lastCells(argument: { root: string; script: string }): LastCells;

  /** Everything of a run at a glance; null when there is no such run. */
  runPage(argument: { root: string; id: string }): RunPageContent | null;
  /** What can be shown of an artifact. */
  preview(argument: { root: string; artifact: Artifact }): Preview;

  readLog(argument: { root: string; id: string; limit: number }): LogText;
  /** Lines of the whole log with a text; pauses after a while, to be asked again. */
  searchLog(argument: { root: string; id: string; text: string; from: LogPosition }): LogSearchPart;
  logPlace(argument: { root: string; id: string; position: LogPosition }): LogPlace;
  logPath(argument: { root: string; id: string }): string;
  /** Folder of the run's own files. */
  runFolder(argument: { root: string; id: string }): string;
  /** Path in the run's code of a file on disk; null when the file is outside of it. */
  codePath(argument: { root: string; id: string; file: string }): string | null;
  /** Bytes of a file as the run had it; null when its snapshot has no such file. */
  codeFile(argument: { root: string; id: string; path: string }): Uint8Array | null;
  /** Files that differ between the code of two runs, or of a run and the files as they are now. */
  codeChanges(argument: { root: string; from: string; to: string | null }): CodeChange[];
  sideBySide(argument: { root: string; ids: string[] }): SideBySideContent;
  /** Where the bytes with this hash are kept; null when only the hash is known. */
  keptFile(argument: { root: string; sha256: string }): string | null;
}

/** Runs that changed, by id; `all`: too many to name, look at everything again. */
export interface StoreChange {
  root: string;
  runs: string[];
  removed: string[];
  all: boolean;
  /** Jobs that changed; "many": too many to name. */
  jobs: string[] | "many";
  /** Whether models of the registry may be others. */
  models: boolean;
  /** Whether deployments may be others. */
  deployments: boolean;
}

export interface StoreEvents {
  changed(change: StoreChange): void;
  /** Something that the user should know of a store (no write-ahead log, another folder). */
  notice(argument: { root: string; message: string }): void;
  /** A fault that no call reports, for the log. */
  fault(message: string): void;
}

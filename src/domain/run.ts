/** The run and everything it carries. The vocabulary is that of docs/architecture.md; use no other words. */
import * as z from "zod";
import { AnyNumber } from "./json";
import { isRunId } from "./runId";

export const RunId = z.string().refine(isRunId);

/**
 * How a run stands or ended. `finished`: exit code 0, or an end of its own whose code nobody saw. `failed`: any other exit code.
 * `killed`: ended by a signal or by a Stop. `lost`: the recorder died, so nobody saw the end.
 */
export const RunStatus = z.enum(["running", "finished", "failed", "killed", "lost"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** One metric's series in short. Values may be NaN or infinite; JSON carries those as strings ("NaN", "Infinity"). */
export const MetricSummary = z.object({
  last: AnyNumber,
  min: AnyNumber,
  max: AnyNumber,
  /** Number of points in the series. */
  count: z.number().int(),
  lastStep: z.number(),
});
export type MetricSummary = z.infer<typeof MetricSummary>;

/** One point of a metric's series: `time` in ms since the epoch. */
export interface MetricPoint {
  key: string;
  value: number;
  step: number;
  time: number;
}

export const GapKind = z.enum([
  "no-git",
  "ignored",
  "too-big",
  "submodule",
  "nested-repository",
  "lfs-filter",
  "changed-while-hashing",
  "hash-only",
  "unreadable",
  "missing",
  // Files that are known by the version of their dataset, and not one by one.
  "unlisted",
  "tracer",
  "environment",
  "other",
]);
export type GapKind = z.infer<typeof GapKind>;

/** Something of the run that could not be captured: said openly, never left out in silence. */
export const Gap = z.object({ kind: GapKind, path: z.string().optional(), message: z.string() });
export type Gap = z.infer<typeof Gap>;

/** The git side of a snapshot. All null outside any repository and without git. */
export const CodeVersion = z.object({
  /** The snapshot commit under `refs/modeltrail/`, holding uncommitted and untracked files too. */
  commit: z.string().nullable(),
  tree: z.string().nullable(),
  /** The user's own HEAD commit; null before the first commit. */
  head: z.string().nullable(),
  /** Null when HEAD is detached. */
  branch: z.string().nullable(),
  /** Whether the tree differs from HEAD's. */
  dirty: z.boolean().nullable(),
  /** The git directory that holds `commit`: the user's own, or `.modeltrail/code.git` outside a repository. */
  gitDir: z.string().nullable(),
  /** The folder that the tree's paths are relative to. */
  root: z.string().nullable(),
});
export type CodeVersion = z.infer<typeof CodeVersion>;

/** Paths are relative to the project root with `/`, or absolute when outside it. `size` in bytes. */
export const DataFile = z.object({
  path: z.string(),
  /** Null when the file could not be hashed; a gap says why. */
  sha256: z.string().nullable(),
  size: z.number().int(),
  role: z.enum(["read", "write"]),
});
export type DataFile = z.infer<typeof DataFile>;

export const ConfigFile = z.object({ path: z.string(), sha256: z.string() });
export type ConfigFile = z.infer<typeof ConfigFile>;

export const Artifact = z.object({ path: z.string(), sha256: z.string(), size: z.number().int() });
export type Artifact = z.infer<typeof Artifact>;

/** A dataset as a run used it: the files of that name, as they were. `size`: bytes of all files. */
export const RunDataset = z.object({
  name: z.string(),
  /** SHA-256 of the manifest. */
  version: z.string(),
  files: z.number().int(),
  size: z.number().int(),
  role: z.enum(["read", "write"]),
});
export type RunDataset = z.infer<typeof RunDataset>;

export const Environment = z.object({
  /** Version of the interpreter that ran, e.g. "3.11.7"; null when the command is not Python. */
  python: z.string().nullable(),
  /** Absolute path of that interpreter. */
  executable: z.string().nullable(),
  implementation: z.string().nullable(),
  /** One line, e.g. "Linux-6.1.0-x86_64". */
  platform: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  /** Bytes. */
  memory: z.number(),
  gpus: z.array(z.string()),
  /** Installed distributions, name → version. */
  packages: z.record(z.string(), z.string()),
  /** Top-level distributions that the run imported: a subset of the keys of `packages`. */
  imported: z.array(z.string()),
  /** Values of allow-listed environment variables (seeds, thread counts, devices); never others. */
  variables: z.record(z.string(), z.string()),
});
export type Environment = z.infer<typeof Environment>;

export const Snapshot = z.object({
  code: CodeVersion,
  data: z.array(DataFile),
  config: z.array(ConfigFile),
  environment: Environment.nullable(),
  datasets: z.array(RunDataset),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** A run as lists show it. */
export const RunSummary = z.object({
  id: RunId,
  name: z.string(),
  experiment: z.string(),
  status: RunStatus,
  exitCode: z.number().int().nullable(),
  /** E.g. "SIGTERM"; null when the command was not ended by a signal. */
  signal: z.string().nullable(),
  /** Ms since the epoch. */
  startTime: z.number(),
  endTime: z.number().nullable(),
  command: z.array(z.string()),
  cwd: z.string(),
  /** The script that ran, relative to the project root; null when the command is not a script. */
  script: z.string().nullable(),
  params: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), MetricSummary),
  tags: z.record(z.string(), z.string()),
  note: z.string(),
  /** Id of the run that started this one. */
  parent: RunId.nullable(),
  /** Never freed by rules. */
  pinned: z.boolean(),
  /** SHA-256 over all that the run was made of; null until the run has ended, and where a gap makes it unknowable. */
  inputs: z.string().nullable(),
  /** The earliest run, of those not deleted, with equal inputs; null when it is this one. */
  repeatOf: RunId.nullable(),
  /** Number of runs, of those not deleted, with equal inputs, this one included. */
  repeats: z.number().int(),
  gaps: z.array(Gap),
  warnings: z.array(z.string()),
  /** Bytes in the raw log. */
  logSize: z.number().int(),
  /** The store's revision at this run's last change: pass the highest seen to `changesSince`. */
  revision: z.number().int(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A run, whole. */
export const Run = RunSummary.extend({ snapshot: Snapshot, artifacts: z.array(Artifact) });
export type Run = z.infer<typeof Run>;

/**
 * How runs differ. What is compared are *sides*: runs, and at most one workspace (the files and the environment as they are
 * now). Every list of values has one entry per side, in the order of `sides`; the first side is what the others are measured by.
 */
import * as z from "zod";
import { AnyNumber } from "./json";
import { MetricSummary, RunId, RunStatus } from "./run";

/** One of what is compared. The workspace has neither id, status nor times, and its name is "workspace". */
export const ComparedSide = z.object({
  id: RunId.nullable(),
  name: z.string(),
  experiment: z.string().nullable(),
  status: RunStatus.nullable(),
  /** Ms since the epoch. */
  startTime: z.number().nullable(),
  endTime: z.number().nullable(),
  /** SHA-256 over all that the run was made of, see `RunSummary`: sides that share it are repeats of each other. */
  inputs: z.string().nullable(),
});
export type ComparedSide = z.infer<typeof ComparedSide>;

/**
 * A named text per side; null where a side has none. Where a side cannot have any (the workspace has no params, an environment
 * was not captured), its null counts as no difference.
 */
export const ComparedText = z.object({
  name: z.string(),
  values: z.array(z.string().nullable()),
  differs: z.boolean(),
});
export type ComparedText = z.infer<typeof ComparedText>;

export const ComparedMetric = z.object({
  name: z.string(),
  values: z.array(MetricSummary.nullable()),
  /** Each side's last value less the first side's; null where one of the two has none. */
  change: z.array(z.nullable(AnyNumber)),
  differs: z.boolean(),
});
export type ComparedMetric = z.infer<typeof ComparedMetric>;

/** A config file that a side read. */
export const ComparedConfig = z.object({
  path: z.string(),
  /** SHA-256 per side; null where the side did not read it. */
  hashes: z.array(z.string().nullable()),
  differs: z.boolean(),
  /**
   * The keys whose values differ between the sides that have the file, flattened (`train.lr`); empty when only comments or
   * layout differ. Null when the file cannot be taken apart: it is of another format than YAML, TOML and JSON, or its bytes
   * were not kept.
   */
  keys: z.array(ComparedText).nullable(),
});
export type ComparedConfig = z.infer<typeof ComparedConfig>;

/** A file that differs between two states of the code; paths are relative to the code's root, with `/`. */
export const CodeChange = z.object({
  path: z.string(),
  /** Its former path, when it was renamed. */
  from: z.string().nullable(),
  kind: z.enum(["added", "deleted", "modified", "renamed"]),
});
export type CodeChange = z.infer<typeof CodeChange>;

/** The code of one side, and how it differs from the first side's. */
export const ComparedCode = z.object({
  commit: z.string().nullable(),
  head: z.string().nullable(),
  branch: z.string().nullable(),
  dirty: z.boolean().nullable(),
  /** Without files that the runs themselves wrote. Null: unknown, because the code of this or of the first side is not there. */
  changes: z.array(CodeChange).nullable(),
});
export type ComparedCode = z.infer<typeof ComparedCode>;

export const ComparedPackage = ComparedText.extend({
  /** Whether one of the runs imported it. */
  imported: z.boolean(),
});
export type ComparedPackage = z.infer<typeof ComparedPackage>;

export const ComparedEnvironment = z.object({
  /** All of it in one line, e.g. "3 packages changed: numpy 1.26 → 2.0, +polars, -pandas"; empty when nothing differs. */
  summary: z.string(),
  /** Per side whether it is known. */
  known: z.array(z.boolean()),
  /** Version, implementation and path of Python. */
  python: z.array(ComparedText),
  packages: z.array(ComparedPackage),
  variables: z.array(ComparedText),
});
export type ComparedEnvironment = z.infer<typeof ComparedEnvironment>;

/** `size` in bytes. */
export const FileState = z.object({ path: z.string(), sha256: z.string().nullable(), size: z.number().int() });
export type FileState = z.infer<typeof FileState>;

/**
 * How a file differs: `added` and `removed` tell of a file that not all sides have, by whether the first one has it; `moved`: the
 * same content under another path; `unknown`: not hashed on some side, so that it may differ.
 */
export const FileChangeKind = z.enum(["added", "removed", "changed", "moved", "unknown", "same"]);
export type FileChangeKind = z.infer<typeof FileChangeKind>;

export const ComparedFile = z.object({
  /** As the last side that has it names it: relative to the project with `/`, or absolute outside it. */
  path: z.string(),
  kind: FileChangeKind,
  files: z.array(FileState.nullable()),
});
export type ComparedFile = z.infer<typeof ComparedFile>;

export const ComparedFiles = z.object({
  counts: z.record(FileChangeKind, z.number().int()),
  /** By path. `counts` tells of all, this list may be cut. */
  files: z.array(ComparedFile),
});
export type ComparedFiles = z.infer<typeof ComparedFiles>;

/** A dataset's version per side, by its hash; null where a side did not use the dataset. */
export const ComparedDataset = ComparedText.extend({
  role: z.enum(["read", "write"]),
});
export type ComparedDataset = z.infer<typeof ComparedDataset>;

/** What makes the comparison uncertain: something that a side lacks. */
export const Uncertainty = z.object({
  /** Indexes of the sides that it is about. */
  sides: z.array(z.number().int()),
  path: z.string().nullable(),
  message: z.string(),
});
export type Uncertainty = z.infer<typeof Uncertainty>;

/** Lists hold only what differs, unless all was asked for. */
export const RunComparison = z.object({
  sides: z.array(ComparedSide),
  params: z.array(ComparedText),
  metrics: z.array(ComparedMetric),
  config: z.array(ComparedConfig),
  code: z.array(ComparedCode),
  environment: ComparedEnvironment,
  /** What the sides read. */
  data: ComparedFiles,
  datasets: z.array(ComparedDataset),
  /** What the runs wrote; the workspace has no part in it. */
  outputs: ComparedFiles,
  /** Command, working directory and script. */
  command: z.array(ComparedText),
  host: z.array(ComparedText),
  uncertain: z.array(Uncertainty),
});
export type RunComparison = z.infer<typeof RunComparison>;

/**
 * The page of one run: what it and the extension host say to each other, over `openChannel` with `checksFor`.
 *
 * 1. The page calls `load` as soon as it listens, and again on `changed`.
 * 2. For the sparklines it calls `curves`, for the log `log`, and `preview` once an artifact is chosen.
 * 3. `open` and `act` lead to the editor: files, the log, other views.
 */
import * as z from "zod";
import { Artifact, CodeVersion, DataFile, Gap, RunDataset, RunStatus } from "../domain/run";
import { CurvesRequest } from "./charts";
import type { Contract } from "./contract";
import { PackedCurves } from "./packedCurves";
import { Preview } from "./preview";

const Metric = z.object({
  key: z.string(),
  count: z.number(),
  lastStep: z.number(),
  /** Who told it, in words. */
  from: z.string(),
});

const EnvironmentFacts = z.object({
  python: z.string().nullable(),
  executable: z.string().nullable(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.number(),
  /** Bytes. */
  memory: z.number(),
  gpus: z.array(z.string()),
  packages: z.record(z.string(), z.string()),
  imported: z.array(z.string()),
});

/** Files of a run, of which the first are listed. */
const Files = <Item extends z.ZodType>(item: Item) => z.object({ first: z.array(item), total: z.number() });

export const RunPageContent = z.object({
  root: z.string(),
  id: z.string(),
  name: z.string(),
  experiment: z.string(),
  status: RunStatus,
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  /** Ms since the epoch. */
  startTime: z.number(),
  endTime: z.number().nullable(),
  command: z.array(z.string()),
  cwd: z.string(),
  /** Who started it, in words. */
  startedBy: z.string(),
  note: z.string(),
  pinned: z.boolean(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  metrics: z.array(Metric),
  /** Last, least and greatest value of each metric. Not as plain numbers: messages to a page are JSON, which has no NaN. */
  metricValues: z.custom<Float64Array>((value) => value instanceof Float64Array),
  gaps: z.array(Gap),
  warnings: z.array(z.string()),
  code: CodeVersion,
  environment: EnvironmentFacts.nullable(),
  datasets: z.array(RunDataset),
  data: Files(DataFile),
  artifacts: Files(Artifact),
  /** What changed since the run of the same script before, in one line; null when there is none. */
  since: z.object({ id: z.string(), name: z.string(), line: z.string() }).nullable(),
  children: z.number(),
  /** Bytes of the raw log. */
  logSize: z.number(),
});
export type RunPageContent = z.infer<typeof RunPageContent>;

/** The start of a line of the log: bytes before it, and its number from 1. */
export const LogPosition = z.object({ offset: z.number().int().min(0), line: z.number().int().min(1) });
export type LogPosition = z.infer<typeof LogPosition>;
export const LogHit = LogPosition.extend({ before: z.string(), match: z.string(), after: z.string() });
export type LogHit = z.infer<typeof LogHit>;

export const RunAction = z.enum([
  "charts",
  "log",
  "script",
  "whatChanged",
  "compareWithWorkspace",
  "editTags",
  "editNote",
  "rename",
  "stop",
  "runAgain",
  "lineage",
]);
export type RunAction = z.infer<typeof RunAction>;

export const runPageHost = {
  load: { argument: z.object({}), result: RunPageContent },
  curves: { argument: CurvesRequest, result: PackedCurves },
  /** The end of the log, as a terminal would have shown it. */
  log: {
    argument: z.object({}),
    result: z.object({ text: z.string(), size: z.number(), skipped: z.number() }),
  },
  /** Lines of the whole log with a text, from a position on. */
  searchLog: {
    argument: z.object({ text: z.string().min(1).max(1_000), from: LogPosition }),
    result: z.object({ hits: z.array(LogHit), next: LogPosition, done: z.boolean(), size: z.number() }),
  },
  /** Lines around a position. */
  logPlace: {
    argument: LogPosition,
    result: z.object({ from: LogPosition, to: LogPosition, lines: z.array(z.string()), size: z.number() }),
  },
  preview: { argument: Artifact, result: Preview },
  /** In the editor. */
  open: {
    argument: z.object({ kind: z.enum(["data", "artifact"]), path: z.string(), sha256: z.string().nullable() }),
    result: z.void(),
  },
  openRun: { argument: z.object({ id: z.string() }), result: z.void() },
  act: { argument: z.object({ action: RunAction }), result: z.void() },
} satisfies Contract;

export const runPagePage = {
  /** The run was changed. */
  changed: { argument: z.object({}), result: z.void() },
} satisfies Contract;

/** What the page leaves with VS Code, to come back after a reload. */
export const RunPageState = z.object({ root: z.string(), id: z.string(), title: z.string() });
export type RunPageState = z.infer<typeof RunPageState>;

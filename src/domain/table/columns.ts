/** Columns over many runs: what they are called, and their cells as arrays instead of objects. */
import * as z from "zod";

/** Where a column's values come from. "data": versions of datasets; "package": versions of installed distributions. */
export const ColumnSource = z.enum(["run", "metric", "param", "tag", "data", "code", "environment", "package"]);
export type ColumnSource = z.infer<typeof ColumnSource>;

/** What of a metric's series a column shows. A number: the value at this step, of runs that came so far. */
export const MetricAspect = z.union([z.enum(["last", "min", "max", "count", "lastStep"]), z.number()]);
export type MetricAspect = z.infer<typeof MetricAspect>;

export const ColumnKey = z.object({
  source: ColumnSource,
  key: z.string(),
  /** Of metrics only; absent: "last". */
  aspect: MetricAspect.optional(),
});
export type ColumnKey = z.infer<typeof ColumnKey>;

/** One text for one column. */
export function columnId({ source, key, aspect }: ColumnKey): string {
  return aspect === undefined || aspect === "last" ? `${source}:${key}` : `${source}@${aspect}:${key}`;
}

/** Undefined for a text that is no column's. */
export function columnOf(id: string): ColumnKey | undefined {
  const match = /^([a-z]+)(?:@([^:]+))?:(.*)$/s.exec(id);
  if (!match) return undefined;
  const [, source, aspect, key] = match;
  const written = aspect === undefined || Number.isNaN(Number(aspect)) ? aspect : Number(aspect);
  return ColumnKey.safeParse({ source, key, ...(written === undefined ? {} : { aspect: written }) }).data;
}

/**
 * Cells of one column, for those runs that have a value: `runs` are the runs' numbers in the store, each once. Texts are told
 * once and named by their place.
 */
export const ColumnCells = z.object({
  column: ColumnKey,
  runs: z.instanceof(Uint32Array),
  cells: z.union([
    z.object({ kind: z.literal("number"), values: z.instanceof(Float64Array) }),
    z.object({ kind: z.literal("text"), codes: z.instanceof(Uint32Array), texts: z.array(z.string()) }),
  ]),
});
export type ColumnCells = z.infer<typeof ColumnCells>;

/** The runs of a table, newest first. */
export const TableRows = z.object({
  /** Numbers of the runs in the store: short names for as long as the table is open. */
  runs: z.instanceof(Uint32Array),
  /** Their ids, 32 characters each, without anything between. */
  ids: z.string(),
});
export type TableRows = z.infer<typeof TableRows>;

const ID_LENGTH = 32;

export const splitIds = (ids: string): string[] =>
  Array.from({ length: ids.length / ID_LENGTH }, (_, at) => ids.slice(at * ID_LENGTH, (at + 1) * ID_LENGTH));

/** Which runs a table is about; without anything, all. */
export const TableScope = z.object({ experiment: z.string().optional(), ids: z.array(z.string()).optional() });
export type TableScope = z.infer<typeof TableScope>;

/** What the runs themselves have: columns of the source "run". Times in ms since the epoch. */
export const RUN_COLUMNS = {
  name: "text",
  experiment: "text",
  status: "text",
  startTime: "number",
  endTime: "number",
  /** Ms; of ended runs. */
  duration: "number",
  pinned: "number",
  note: "text",
  script: "text",
  command: "text",
  exitCode: "number",
  parent: "text",
  /** Equal for runs that were made of the same. */
  inputs: "text",
  gaps: "number",
  warnings: "number",
} as const;
export type RunColumn = keyof typeof RUN_COLUMNS;

export const CODE_COLUMNS = { branch: "text", head: "text", commit: "text", dirty: "text" } as const;
export type CodeColumn = keyof typeof CODE_COLUMNS;
export const ENVIRONMENT_COLUMNS = { python: "text", platform: "text", cpu: "text", gpus: "text" } as const;
export type EnvironmentColumn = keyof typeof ENVIRONMENT_COLUMNS;

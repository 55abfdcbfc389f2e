/** What a table (CSV, TSV, JSON lines, Parquet) holds, and how two versions of it differ. */
import * as z from "zod";

export const TableFormat = z.enum(["csv", "tsv", "jsonl", "parquet"]);
export type TableFormat = z.infer<typeof TableFormat>;

/**
 * Something wrong in a table. The rest of it is described all the same.
 * `encoding`: bytes that are not UTF-8. `ragged`: rows with more or fewer fields than the header. `quotes`: text after a
 * closing quote. `unclosed-quote`: a quote that opens and never closes; it is read as an ordinary character.
 * `long-row`: a row too long to be read. `not-json`, `not-object`: lines of JSON lines. `truncated`: the file ends early.
 * `damaged`: a part that cannot be read. `empty`: no rows and no columns. `column-names`: names that are missing or double.
 * `too-many-columns`: the columns past the limit are not described.
 */
export const TableFaultKind = z.enum([
  "encoding",
  "ragged",
  "quotes",
  "unclosed-quote",
  "long-row",
  "not-json",
  "not-object",
  "truncated",
  "damaged",
  "empty",
  "column-names",
  "too-many-columns",
]);
export type TableFaultKind = z.infer<typeof TableFaultKind>;

export const TableFault = z.object({
  kind: TableFaultKind,
  /** How many rows, lines or columns have it. */
  count: z.number().int(),
  /** The first line of the file that has it, from 1; null where lines mean nothing. */
  line: z.number().int().nullable(),
  /** The sentence that a person reads. */
  message: z.string(),
});
export type TableFault = z.infer<typeof TableFault>;

/** What single values are. A column is of the narrowest type that holds all of its values. */
export const ValueKind = z.enum(["boolean", "integer", "number", "time", "text", "nested"]);
export type ValueKind = z.infer<typeof ValueKind>;

/**
 * `number` holds integers too. In CSV one word among numbers makes the column `text`; in JSON lines and Parquet, where
 * values have types of their own, several kinds make it `mixed`. `empty`: every value is missing.
 */
export const ColumnType = z.enum([...ValueKind.options, "mixed", "empty"]);
export type ColumnType = z.infer<typeof ColumnType>;

/** Over a column's finite numbers; for the type `time` in ms since the epoch (without a zone: UTC). */
export const NumberSummary = z.object({
  /** How many there are; in a column of several kinds not all of its values. */
  count: z.number().int(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  /** Of the population; 0 for one value. */
  std: z.number(),
  /** At the ranks of QUANTILE_RANKS. */
  quantiles: z.array(z.number()),
  /** How far a quantile's rank may be off, with 99 % confidence, as a share: 0.01 is one percentile. 0: exact. */
  rankError: z.number(),
});
export type NumberSummary = z.infer<typeof NumberSummary>;

export const QUANTILE_RANKS = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** The most frequent values, the most frequent first. */
export const TopValues = z.object({
  values: z.array(z.object({ value: z.string(), count: z.number().int() })),
  /** A count may be too low by so much; a value that is not listed has at most so many more. 0: exact. */
  countError: z.number().int(),
});
export type TopValues = z.infer<typeof TopValues>;

export const ColumnDescription = z.object({
  name: z.string(),
  type: ColumnType,
  /** What the file itself says of the type, e.g. "INT64", "DECIMAL(10, 2)"; null where it says nothing. */
  declaredType: z.string().nullable(),
  /** How many values there are of each kind, missing ones aside. */
  kinds: z.partialRecord(ValueKind, z.number().int()),
  /** Values that are not missing. */
  count: z.number().int(),
  /** Empty fields, NA, NaN, null, None and the like; null and NaN in JSON lines and Parquet. */
  missing: z.number().int(),
  /** `error`: the standard error as a share of `count`; 0: exact. */
  distinct: z.object({ count: z.number().int(), error: z.number() }),
  /** Null without numbers. */
  numbers: NumberSummary.nullable(),
  /** Null where the values are numbers and too many to be counted one by one. */
  top: TopValues.nullable(),
});
export type ColumnDescription = z.infer<typeof ColumnDescription>;

export const TableDescription = z.object({
  format: TableFormat,
  /** "utf-8", or what a byte order mark says; null for Parquet. */
  encoding: z.enum(["utf-8", "utf-16le", "utf-16be"]).nullable(),
  gzipped: z.boolean(),
  /** CSV and TSV: what separates fields, and whether the first row names the columns. */
  delimiter: z.string().nullable(),
  header: z.boolean().nullable(),
  /** Of the file as it lies on disk. */
  bytes: z.number().int(),
  /** The header not counted. */
  rows: z.number().int(),
  /** False when the file could be read in part only: a fault says why. */
  complete: z.boolean(),
  columns: z.array(ColumnDescription),
  faults: z.array(TableFault),
});
export type TableDescription = z.infer<typeof TableDescription>;

/** How far the values of a column have moved, as the population stability index. */
export const Drift = z.object({
  method: z.literal("psi"),
  value: z.number(),
  /** By the usual rule of thumb: below 0.1 none, up to 0.25 some, above it large. */
  level: z.enum(["none", "some", "large"]),
});
export type Drift = z.infer<typeof Drift>;

export const ColumnChange = z.object({
  kind: z.enum(["added", "removed", "renamed", "kept"]),
  /** Null: added. */
  before: ColumnDescription.nullable(),
  /** Null: removed. */
  after: ColumnDescription.nullable(),
  /** `renamed` is a guess, this is its certainty from 0 to 1; null for the others. */
  likeness: z.number().nullable(),
  /** Whether the type is another one; false when one of the two is all missing. */
  typeChanged: z.boolean(),
  /** Null when there is nothing to compare, or when nearly every value is different (identifiers, free text). */
  drift: Drift.nullable(),
  /** Rows with the same key whose value in this column is another (1 change in 65,535 is missed). Null without a key. */
  changedRows: z.number().int().nullable(),
});
export type ColumnChange = z.infer<typeof ColumnChange>;

export const RowChanges = z.object({
  /**
   * How rows were matched: by the column `key`, which is the same in two versions of a row; or by their whole content, where
   * a row that is changed counts as one removed and one added; null when they could not be matched, as `note` says.
   */
  matchedBy: z.enum(["key", "content"]).nullable(),
  key: z.string().nullable(),
  /** Columns that were compared: those in both versions. */
  columns: z.number().int(),
  added: z.number().int().nullable(),
  removed: z.number().int().nullable(),
  /** Null unless matched by key. */
  changed: z.number().int().nullable(),
  unchanged: z.number().int().nullable(),
  /** What a reader must know of these figures; null when there is nothing. */
  note: z.string().nullable(),
});
export type RowChanges = z.infer<typeof RowChanges>;

export const TableComparison = z.object({
  before: TableDescription.omit({ columns: true }),
  after: TableDescription.omit({ columns: true }),
  rows: RowChanges,
  /** In the order of `after`, the removed ones where they stood. */
  columns: z.array(ColumnChange),
});
export type TableComparison = z.infer<typeof TableComparison>;

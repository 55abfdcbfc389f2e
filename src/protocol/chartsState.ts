/** What a page of charts leaves with VS Code, to come back after a reload as it was. */
import * as z from "zod";
import { Aspect, ChartSource } from "./charts";

export const ChartKind = z.enum(["curves", "scatter", "parallel", "bars", "importance"]);
export type ChartKind = z.infer<typeof ChartKind>;

/** Columns are named by `columnId`; null: what suits the runs. */
const column = z.string().nullable().default(null);

export const ScatterView = z.object({
  x: column,
  y: column,
  /** Null: each run has its own colour. */
  colour: column,
  /** Null: what suits the values. */
  logX: z.boolean().nullable().default(null),
  logY: z.boolean().nullable().default(null),
});
export type ScatterView = z.infer<typeof ScatterView>;

/** A part of an axis: from number to number (null: without an end), or these words. */
export const Brush = z.union([
  z.object({ from: z.number().nullable(), to: z.number().nullable() }),
  z.object({ words: z.array(z.string()) }),
]);
export type Brush = z.infer<typeof Brush>;

export const ParallelView = z.object({
  /** From left to right; null: what suits the runs. */
  axes: z.array(z.string()).nullable().default(null),
  /** The empty text: each run has its own. */
  colour: column,
  /** By axis, where it is not what suits the values. */
  log: z.record(z.string(), z.boolean()).default({}),
  brushes: z.record(z.string(), Brush).default({}),
});
export type ParallelView = z.infer<typeof ParallelView>;

export const BarsView = z.object({
  value: column,
  /** What runs with an equal value of are one bar; null: each run has one. */
  group: column,
  shape: z.enum(["bars", "boxes"]).default("bars"),
  order: z.enum(["value", "name", "start"]).default("value"),
  log: z.boolean().default(false),
});
export type BarsView = z.infer<typeof BarsView>;

export const ImportanceView = z.object({ key: z.string().nullable().default(null), aspect: Aspect.default("last") });
export type ImportanceView = z.infer<typeof ImportanceView>;

export const ChartsView = z.object({
  kind: ChartKind.default("curves"),
  axis: z.enum(["step", "relative", "wall"]),
  logX: z.boolean(),
  logY: z.boolean(),
  /** Weight of smoothing, 0 to 0.999. */
  smoothing: z.number(),
  /** What runs with an equal value of are one curve: "param:seed", "tag:team", "experiment". Null: each run is a curve. */
  group: z.string().nullable(),
  /** Only metrics with this in their name. */
  filter: z.string(),
  /** Of the x axis, in all charts. */
  range: z.object({ from: z.number(), to: z.number() }).nullable(),
  /** Runs, or labels of groups, that are not drawn. */
  hidden: z.array(z.string()),
  /** Columns of charts. 0: as many as there is room for. */
  columns: z.number().int(),
  scatter: ScatterView.prefault({}),
  parallel: ParallelView.prefault({}),
  bars: BarsView.prefault({}),
  importance: ImportanceView.prefault({}),
});
export type ChartsView = z.infer<typeof ChartsView>;

export const firstView: ChartsView = ChartsView.parse({
  axis: "step",
  logX: false,
  logY: false,
  smoothing: 0,
  group: null,
  filter: "",
  range: null,
  hidden: [],
  columns: 0,
});

export const ChartsState = z.object({
  source: ChartSource,
  title: z.string(),
  view: ChartsView.catch(firstView),
});
export type ChartsState = z.infer<typeof ChartsState>;

/**
 * Charts: what their page and the extension host say to each other, over `openChannel` with `checksFor`.
 *
 * 1. The page calls `load` as soon as it listens, and again on `changed`.
 * 2. For each chart that is in sight it calls `curves`, again after each zoom, and again when one of the runs changed.
 * 3. Charts with a value for each run (scatter, parallel coordinates, bars) call `metricCells`, or `boxes` for all points of a
 *    metric; params, tags and times came with `load`.
 * 4. What is exported is made by the page and written by the host, but for the points behind the curves (`saveCsv`), which
 *    the page never has.
 */
import * as z from "zod";
import { Box } from "../domain/box";
import { RunStatus } from "../domain/run";
import { Float64Column } from "./columns";
import type { Contract } from "./contract";
import { PackedCurves } from "./packedCurves";

/** Of which runs a panel is: those named, or all of an experiment, those to come too. */
export const ChartSource = z.object({
  root: z.string(),
  runs: z.union([z.object({ ids: z.array(z.string()) }), z.object({ experiment: z.string() })]),
});
export type ChartSource = z.infer<typeof ChartSource>;

export const ChartRun = z.object({
  id: z.string(),
  name: z.string(),
  status: RunStatus,
  experiment: z.string(),
  /** Ms since the epoch. */
  startTime: z.number(),
  /** Ms; null while it runs. */
  duration: z.number().nullable(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});
export type ChartRun = z.infer<typeof ChartRun>;

export const ChartsContent = z.object({
  source: ChartSource,
  /** For people: the experiment, the run, or how many runs. */
  title: z.string(),
  /** The newest first. */
  runs: z.array(ChartRun),
  /** Older runs of the experiment that are left out, because there are too many. */
  leftOut: z.number(),
  /** Every metric that a run has, by name, and how many have it. */
  metrics: z.array(z.object({ key: z.string(), runs: z.number() })),
  /** The metric that runs are judged by, as far as names tell; null when there are none. */
  judged: z.string().nullable(),
});
export type ChartsContent = z.infer<typeof ChartsContent>;

const Extent = z.object({ from: z.number(), to: z.number() });

export const CurvesRequest = z.object({
  key: z.string(),
  axis: z.enum(["step", "relative", "wall"]),
  log: z.boolean(),
  range: Extent.nullable(),
  buckets: z.number().int().min(1).max(8_192),
  smoothing: z.number().min(0).max(0.9999),
  runs: z.array(z.string()).max(2_000),
  groups: z.array(z.array(z.string())).nullable(),
});
export type CurvesRequest = z.infer<typeof CurvesRequest>;

/** One value of a series. */
export const Aspect = z.enum(["last", "min", "max"]);
export type Aspect = z.infer<typeof Aspect>;

const runs = z.array(z.string()).max(2_000);

export const CellsRequest = z.object({
  metrics: z.array(z.object({ key: z.string(), aspect: Aspect })).max(200),
  runs,
});
export type CellsRequest = z.infer<typeof CellsRequest>;

/** The values of the first metric by run, then of the second, and so on. NaN: the run has none. */
export const MetricCells = z.object({ values: Float64Column });
export type MetricCells = z.infer<typeof MetricCells>;

export const BoxesRequest = z.object({ key: z.string(), runs });
export type BoxesRequest = z.infer<typeof BoxesRequest>;

/** Of all finite points of each run's series, in the order of the request; null where there is none. */
export const Boxes = z.object({ boxes: z.array(Box.nullable()) });
export type Boxes = z.infer<typeof Boxes>;

export const ImportanceRequest = z.object({ key: z.string(), aspect: Aspect, runs });
export type ImportanceRequest = z.infer<typeof ImportanceRequest>;

/** See src/compare/importance/importance.ts for what the numbers mean. */
export const ImportanceAnswer = z.object({
  params: z.array(
    z.object({ name: z.string(), correlation: z.number().nullable(), importance: z.number(), spread: z.number() }),
  ),
  runs: z.number(),
  explained: z.number(),
  /** Params that differ and were not looked at, because there are too many. */
  leftOut: z.number(),
});
export type ImportanceAnswer = z.infer<typeof ImportanceAnswer>;

/** What the page asks of the host. */
export const chartsHost = {
  load: { argument: z.object({}), result: ChartsContent },
  curves: { argument: CurvesRequest, result: PackedCurves },
  metricCells: { argument: CellsRequest, result: MetricCells },
  boxes: { argument: BoxesRequest, result: Boxes },
  /** Null when the runs are too few, or have all the same value. */
  importance: { argument: ImportanceRequest, result: ImportanceAnswer.nullable() },
  /** Asks where, and writes; false when the user picked no place. */
  saveFile: {
    argument: z.object({ name: z.string(), kind: z.enum(["png", "svg", "csv"]), bytes: z.instanceof(Uint8Array) }),
    result: z.boolean(),
  },
  /** Every point of the metric of these runs, as a table. */
  saveCsv: { argument: z.object({ key: z.string(), runs: z.array(z.string()) }), result: z.boolean() },
  /** Shows the runs of the page in the Runs table, with this filter. */
  filterTable: { argument: z.object({ filter: z.string().max(20_000) }), result: z.void() },
  openRun: { argument: z.object({ id: z.string() }), result: z.void() },
} satisfies Contract;

/** What the host tells the page. */
export const chartsPage = {
  /** Runs of the page were changed, came or went. Null: any may have. */
  changed: { argument: z.object({ runs: z.array(z.string()).nullable() }), result: z.void() },
} satisfies Contract;

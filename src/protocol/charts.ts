/**
 * Charts: what their page and the extension host say to each other, over `openChannel` with `checksFor`.
 *
 * 1. The page calls `load` as soon as it listens, and again on `changed`.
 * 2. For each chart that is in sight it calls `curves`, again after each zoom, and again when one of the runs changed.
 * 3. What is exported is made by the page and written by the host, but for the points behind the curves (`saveCsv`), which
 *    the page never has.
 */
import * as z from "zod";
import { RunStatus } from "../domain/run";
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

/** What the page asks of the host. */
export const chartsHost = {
  load: { argument: z.object({}), result: ChartsContent },
  curves: { argument: CurvesRequest, result: PackedCurves },
  /** Asks where, and writes; false when the user picked no place. */
  savePicture: {
    argument: z.object({ name: z.string(), kind: z.enum(["png", "svg"]), bytes: z.instanceof(Uint8Array) }),
    result: z.boolean(),
  },
  /** Every point of the metric of these runs, as a table. */
  saveCsv: { argument: z.object({ key: z.string(), runs: z.array(z.string()) }), result: z.boolean() },
  openRun: { argument: z.object({ id: z.string() }), result: z.void() },
} satisfies Contract;

/** What the host tells the page. */
export const chartsPage = {
  /** Runs of the page were changed, came or went. Null: any may have. */
  changed: { argument: z.object({ runs: z.array(z.string()).nullable() }), result: z.void() },
} satisfies Contract;

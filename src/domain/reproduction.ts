/** What came of running a run again: is the result the same, and if not, what was different before. */
import * as z from "zod";
import { AnyNumber } from "./json";
import { MetricSummary, RunId } from "./run";

/** `within-tolerance`: numbers differ, but by no more than was allowed, and nothing else does. */
export const VerdictKind = z.enum(["same", "within-tolerance", "different"]);
export type VerdictKind = z.infer<typeof VerdictKind>;

/**
 * Beyond a verdict, for one output or metric. `missing`: the first run had it, the new one has not; `added`: the other way
 * round. `not-judged`: it tells of time (seconds per step, a TensorBoard event file), which never repeats.
 */
export const PartVerdict = z.enum([...VerdictKind.options, "missing", "added", "not-judged"]);
export type PartVerdict = z.infer<typeof PartVerdict>;

export const ReproducedOutput = z.object({
  /** Relative to the project with `/`, or absolute outside it. */
  path: z.string(),
  verdict: PartVerdict,
  /** SHA-256 before and after; null where there is no such file, or it could not be hashed. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** What is known of how they differ, as a sentence. */
  why: z.string().nullable(),
});
export type ReproducedOutput = z.infer<typeof ReproducedOutput>;

export const ReproducedMetric = z.object({
  name: z.string(),
  verdict: PartVerdict,
  before: MetricSummary.nullable(),
  after: MetricSummary.nullable(),
  /** The largest relative difference between two values of the same step; null when the series cannot be laid side by side. */
  difference: z.nullable(AnyNumber),
});
export type ReproducedMetric = z.infer<typeof ReproducedMetric>;

export const InputPart = z.enum(["command", "code", "data", "config", "environment", "host"]);
export type InputPart = z.infer<typeof InputPart>;

/** Something that the new run was not given as the first one had it. */
export const InputDifference = z.object({ part: InputPart, path: z.string().nullable(), message: z.string() });
export type InputDifference = z.infer<typeof InputDifference>;

export const Reproduction = z.object({
  run: RunId,
  /** The run that was made for it: a child of `run`. */
  child: RunId,
  verdict: VerdictKind,
  /** Allowed relative difference of numbers. */
  tolerance: z.number(),
  /** Why the result differs, the likeliest first, as sentences; empty when it does not. */
  reasons: z.array(z.string()),
  inputs: z.array(InputDifference),
  /** All outputs and metrics, those that differ first. */
  outputs: z.array(ReproducedOutput),
  metrics: z.array(ReproducedMetric),
  /** Where it ran; null when the folder was removed again. */
  folder: z.string().nullable(),
});
export type Reproduction = z.infer<typeof Reproduction>;

export { REASON_TAG, REPRODUCES_TAG, VERDICT_TAG } from "./verdictTags";

/** What a gate found. What gates can be asked for stands in gateSettings.ts. */
import * as z from "zod/mini";

/** `error`: it could not be found out; that holds the step back as `failed` does. `skipped`: it does not apply, and says why. */
export const GateVerdict = z.enum(["passed", "failed", "error", "skipped"]);
export type GateVerdict = z.infer<typeof GateVerdict>;

/** What may only be done when gates pass. */
export const GatedStep = z.enum(["promote", "deploy"]);
export type GatedStep = z.infer<typeof GatedStep>;

export const GateResult = z.object({
  /** Of the form of a run's id. */
  id: z.string(),
  model: z.string(),
  version: z.int(),
  /** The step that it was asked for; null: by itself. */
  step: z.nullable(GatedStep),
  /** As in modeltrail.yaml. */
  gate: z.string(),
  kind: z.string(),
  verdict: GateVerdict,
  /** One sentence, with the figures: "accuracy 0.91 is below 0.95". */
  summary: z.string(),
  /** All figures: JSON. */
  detail: z.record(z.string(), z.unknown()),
  /** Ms since the epoch; how long it took, ms. */
  time: z.number(),
  duration: z.number(),
});
export type GateResult = z.infer<typeof GateResult>;

/** Whether the step may be taken, going by these results. */
export function allPassed(results: readonly Pick<GateResult, "verdict">[]): boolean {
  return results.every(({ verdict }) => verdict === "passed" || verdict === "skipped");
}

/** What of a sweep follows from what it says. */
import { isLessBetter } from "../compare/keyMetric";
import type { SweepSpec } from "../domain/sweep";
import { gridSize } from "./space";

/** Trials of a search that has no end of its own. */
const DEFAULT_TRIALS = 20;

/** Which way of the metric is better: as the sweep says, else by the metric's name. */
export function directionOf({ direction, metric }: Pick<SweepSpec, "direction" | "metric">): "minimize" | "maximize" {
  return direction ?? (metric !== undefined && isLessBetter(metric) ? "minimize" : "maximize");
}

/** How many trials there are to be. Throws UserError for a grid without end. */
export function trialCount(spec: SweepSpec): number {
  if (spec.method !== "grid") return spec.trials ?? DEFAULT_TRIALS;
  return Math.min(gridSize(spec), spec.trials ?? Number.POSITIVE_INFINITY);
}

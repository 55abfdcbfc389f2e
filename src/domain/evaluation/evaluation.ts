/** How well a classifier does: confusion matrices, ROC and precision-recall curves. */
import * as z from "zod";

/** Cells as texts; null: missing. */
export interface EvaluationTable {
  columns: string[];
  rows: (string | null)[][];
}

export const ConfusionMatrix = z.object({
  /** Empty when it is the only one. */
  title: z.string(),
  labels: z.array(z.string()),
  /** By actual class, then by predicted one; finite, at least 0. They may be shares. */
  counts: z.array(z.array(z.number())),
});
export type ConfusionMatrix = z.infer<typeof ConfusionMatrix>;

export const ScoreCurve = z.object({
  /** The class; empty when there is only one curve. */
  name: z.string(),
  /** From 0 to 1. ROC: false and true positive rate; precision-recall: recall and precision. */
  x: z.array(z.number()),
  y: z.array(z.number()),
  /** Area under the curve (ROC, trapezoids), or average precision (without interpolation); null when an end is missing. */
  area: z.number().nullable(),
});
export type ScoreCurve = z.infer<typeof ScoreCurve>;

export const Evaluation = z.discriminatedUnion("form", [
  z.object({ form: z.literal("confusion"), matrices: z.array(ConfusionMatrix) }),
  z.object({ form: z.enum(["roc", "precision-recall"]), curves: z.array(ScoreCurve) }),
]);
export type Evaluation = z.infer<typeof Evaluation>;

/** Whether a file of this name is likely to be one, without a look into it. */
export function isEvaluationName(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /\.(json|csv|tsv)$/i.test(name) && (isConfusionName(path) || CURVES.test(name) || PER_CLASS.test(name));
}

const CURVES = /(^|[^a-z])(roc|prc?|pr_curve)([^a-z]|$)|precision.?recall/i;
const PER_CLASS = /per.?class.?metrics/i;

/** Names that matrices have which say nothing of themselves. */
export function isConfusionName(path: string): boolean {
  return /confusion|conf_?mat|(^|[^a-z])cm([^a-z]|$)/i.test(path.slice(path.lastIndexOf("/") + 1));
}

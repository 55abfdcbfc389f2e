/** A figure of how good a version's answers are, ready to be computed again for other weights of the rows. */
import { UserError } from "../../../domain/errors";
import type { EvaluatedMetric } from "../../../domain/gateSettings";
import type { CellValue, Predicted } from "../evaluate/contract";
import {
  areaUnderRoc,
  balancedAccuracy,
  byClass,
  f1,
  logLosses,
  meanOf,
  ofCounts,
  precision,
  recall,
  rSquared,
  type WeightedMetric,
  weightedMean,
} from "../statistics/weighted";
import { asClasses, asNumbers, type Classified, positiveClass } from "./outcome";

/** Those of which less is better. */
const LESS: readonly EvaluatedMetric[] = ["log_loss", "mse", "rmse", "mae"];

export const isLessGood = (metric: EvaluatedMetric) => LESS.includes(metric);

/** Throws UserError when the metric cannot be had of these answers. */
export function measure(
  metric: EvaluatedMetric,
  labels: readonly CellValue[],
  answers: Predicted,
  positive: string | number | boolean | undefined,
): WeightedMetric {
  if (metric === "mse" || metric === "rmse" || metric === "mae" || metric === "r2") {
    return measureNumbers(metric, labels, answers);
  }
  const found = asClasses(labels, answers);
  const { actual, predicted, classes } = found;
  const counted = (figure: Parameters<typeof ofCounts>[3]) => ofCounts(actual, predicted, classes.length, figure);
  // Of two classes, or where one is named, it is about that one; else about all of them alike.
  const yes = () =>
    positive !== undefined || classes.length === 2 ? classes.indexOf(positiveClass(classes, positive)) : null;
  switch (metric) {
    case "accuracy":
      return weightedMean(actual.map((one, at) => Number(one === predicted[at])));
    case "balanced_accuracy":
      return counted(balancedAccuracy);
    case "f1":
      return counted(byClass(f1, yes()));
    case "precision":
      return counted(byClass(precision, yes()));
    case "recall":
      return counted(byClass(recall, yes()));
    case "log_loss":
      return weightedMean(logLosses(actual, needScores(found, metric)));
    case "roc_auc": {
      const scores = needScores(found, metric);
      const area = (place: number) =>
        areaUnderRoc(
          actual.map((one) => one === place),
          scores.map((row) => row[place]!),
        );
      const only = yes();
      return only === null ? meanOf(classes.map((_, place) => area(place))) : area(only);
    }
  }
}

function measureNumbers(
  metric: "mse" | "rmse" | "mae" | "r2",
  labels: readonly CellValue[],
  answers: Predicted,
): WeightedMetric {
  const { actual, predicted } = asNumbers(labels, answers);
  if (metric === "r2") return rSquared(actual, predicted);
  const errors = actual.map((value, at) => Math.abs(value - predicted[at]!));
  if (metric === "mae") return weightedMean(errors);
  const mean = weightedMean(errors.map((error) => error ** 2));
  return metric === "mse" ? mean : (weights) => Math.sqrt(mean(weights));
}

function needScores({ scores }: Classified, metric: EvaluatedMetric): number[][] {
  if (scores) return scores;
  throw new UserError(
    `${metric} needs the model's scores of each class, and it gives none: choose accuracy, balanced_accuracy or f1.`,
  );
}

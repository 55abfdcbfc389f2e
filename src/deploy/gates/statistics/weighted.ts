/**
 * How good predictions are, as functions of how often each row counts: once as it is, and as drawn in a bootstrap. All else is
 * made ready before, so that thousands of draws are quick. Definitions are scikit-learn's (goldens in the tests).
 */

/** The figure when row i counts `weights[i]` times; NaN when it is not defined for these rows. */
export type WeightedMetric = (weights: ArrayLike<number>) => number;

/** The mean of a value of each row: accuracy of 0 and 1, the mean squared error of squares. */
export function weightedMean(values: ArrayLike<number>): WeightedMetric {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      sum += weights[i]! * values[i]!;
      total += weights[i]!;
    }
    return total === 0 ? Number.NaN : sum / total;
  };
}

/** Of each class: rows that are of it, that were predicted to be, and both. */
export interface ClassCounts {
  actual: Float64Array;
  predicted: Float64Array;
  both: Float64Array;
}

/** A figure of the counts. `actual`, `predicted`: numbers of classes below `classes`; -1 of a prediction: of none. */
export function ofCounts(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  figure: (counts: ClassCounts) => number,
): WeightedMetric {
  return (weights) => {
    const counts = {
      actual: new Float64Array(classes),
      predicted: new Float64Array(classes),
      both: new Float64Array(classes),
    };
    for (let i = 0; i < actual.length; i++) {
      const weight = weights[i]!;
      counts.actual[actual[i]!]! += weight;
      if (predicted[i]! < 0) continue;
      counts.predicted[predicted[i]!]! += weight;
      if (actual[i] === predicted[i]) counts.both[actual[i]!]! += weight;
    }
    return figure(counts);
  };
}

/** The mean of the recalls of the classes that are there. */
export function balancedAccuracy({ actual, both }: ClassCounts): number {
  let sum = 0;
  let classes = 0;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === 0) continue;
    sum += both[i]! / actual[i]!;
    classes++;
  }
  return classes === 0 ? Number.NaN : sum / classes;
}

type ClassFigure = (actual: number, predicted: number, both: number) => number;
/** 0 where nothing was there to be right about, as scikit-learn has it. */
const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
export const precision: ClassFigure = (_actual, predicted, both) => share(both, predicted);
export const recall: ClassFigure = (actual, _predicted, both) => share(both, actual);
export const f1: ClassFigure = (actual, predicted, both) => share(2 * both, actual + predicted);

/** Of one class (`positive`), or the mean over all classes that are there or were predicted. */
export function byClass(figure: ClassFigure, positive: number | null) {
  return ({ actual, predicted, both }: ClassCounts): number => {
    if (positive !== null) return figure(actual[positive]!, predicted[positive]!, both[positive]!);
    let sum = 0;
    let classes = 0;
    for (let i = 0; i < actual.length; i++) {
      if (actual[i] === 0 && predicted[i] === 0) continue;
      sum += figure(actual[i]!, predicted[i]!, both[i]!);
      classes++;
    }
    return classes === 0 ? Number.NaN : sum / classes;
  };
}

/**
 * The chance that a row of the class has a higher score than one that is not, ties counting half.
 * Source: J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a ROC curve", Radiology 143, 1982.
 */
export function areaUnderRoc(isPositive: ArrayLike<boolean>, scores: ArrayLike<number>): WeightedMetric {
  const order = Array.from(scores, (_, at) => at).sort((one, other) => scores[one]! - scores[other]!);
  return (weights) => {
    let [below, positives, wins] = [0, 0, 0];
    for (let at = 0; at < order.length; ) {
      let [tiedPositive, tiedNegative] = [0, 0];
      const score = scores[order[at]!]!;
      for (; at < order.length && scores[order[at]!] === score; at++) {
        const weight = weights[order[at]!]!;
        if (isPositive[order[at]!]) tiedPositive += weight;
        else tiedNegative += weight;
      }
      wins += tiedPositive * (below + tiedNegative / 2);
      below += tiedNegative;
      positives += tiedPositive;
    }
    return positives * below === 0 ? Number.NaN : wins / (positives * below);
  };
}

/** The mean of several figures: of one class against the rest, for each class. */
export function meanOf(metrics: readonly WeightedMetric[]): WeightedMetric {
  return (weights) => metrics.reduce((sum, metric) => sum + metric(weights), 0) / metrics.length;
}

/** The coefficient of determination. */
export function rSquared(actual: ArrayLike<number>, predicted: ArrayLike<number>): WeightedMetric {
  const meanOfActual = weightedMean(actual);
  return (weights) => {
    const mean = meanOfActual(weights);
    let [residual, total] = [0, 0];
    for (let i = 0; i < actual.length; i++) {
      residual += weights[i]! * (actual[i]! - predicted[i]!) ** 2;
      total += weights[i]! * (actual[i]! - mean) ** 2;
    }
    return total === 0 ? Number.NaN : 1 - residual / total;
  };
}

/** -ln of the score of the right class, each row's scores made to sum up to 1, none below the least step from 1. */
export function logLosses(actual: ArrayLike<number>, scores: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(scores, (row, at) => {
    const clipped = row.map((score) => Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, score)));
    const sum = clipped.reduce((total, score) => total + score, 0);
    return -Math.log((clipped[actual[at]!] ?? Number.EPSILON) / sum);
  });
}

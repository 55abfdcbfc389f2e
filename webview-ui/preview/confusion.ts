/** What a confusion matrix says, in numbers and in words. */
import type { ConfusionMatrix } from "../../src/domain/evaluation/evaluation";
import { showNumber, showText } from "../base/numbers";

/** Share of each cell in its row: how often the actual class was taken for each; 0 in a row without examples. */
export function sharesOf({ counts }: ConfusionMatrix): number[][] {
  return counts.map((row) => {
    const total = sum(row);
    return row.map((count) => (total > 0 ? count / total : 0));
  });
}

/** Of all that there is, how much was right; null when there is nothing. */
export function accuracyOf({ counts }: ConfusionMatrix): number | null {
  const total = sum(counts.map(sum));
  return total > 0 ? sum(counts.map((row, at) => row[at]!)) / total : null;
}

/** "95% right. Most often mistaken: cat for dog (3)." */
export function confusionWords(matrix: ConfusionMatrix): string {
  const accuracy = accuracyOf(matrix);
  if (accuracy === null) return "No examples.";
  const worst = worstMistake(matrix);
  const right = `${showNumber(Math.round(accuracy * 1000) / 10)}% right.`;
  if (!worst) return `${right} No mistakes.`;
  const [actual, predicted] = [worst.actual, worst.predicted].map((at) => showText(matrix.labels[at]!, 40));
  return `${right} Most often mistaken: ${actual} for ${predicted} (${showNumber(worst.count)}).`;
}

function worstMistake({ counts }: ConfusionMatrix): { actual: number; predicted: number; count: number } | null {
  let worst: ReturnType<typeof worstMistake> = null;
  counts.forEach((row, actual) => {
    row.forEach((count, predicted) => {
      if (actual !== predicted && count > (worst?.count ?? 0)) worst = { actual, predicted, count };
    });
  });
  return worst;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

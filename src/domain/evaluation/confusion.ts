/** Confusion matrices out of tables. Rows are actual classes and columns predicted ones, as scikit-learn has them. */
import { columnIn } from "./columnNames";
import type { ConfusionMatrix, EvaluationTable } from "./evaluation";

/** More classes than these cannot be told apart in a picture. */
const MOST_CLASSES = 100;
/** Of one class against the rest. */
const MOST_MATRICES = 12;

const ACTUAL = ["actual", "true", "ytrue", "truelabel", "label", "target", "truth", "groundtruth", "actuallabel"];
const PREDICTED = ["predicted", "ypred", "prediction", "pred", "predictedlabel"];
const COUNT = ["npredictions", "count", "counts", "n", "number"];

/** Null when it is no such table. `named`: the file's name says that it is a confusion matrix. */
export function confusionOf(table: EvaluationTable, named: boolean): ConfusionMatrix[] | null {
  const perClass = oneAgainstRest(table);
  if (perClass) return perClass;
  const matrix = ofPairs(table, named) ?? (named ? ofSquare(table) : null);
  return matrix && [matrix];
}

/** A row for each pair of classes with its count (W&B), or for each example (DVCLive). */
function ofPairs({ columns, rows }: EvaluationTable, named: boolean): ConfusionMatrix | null {
  const [actual, predicted, count] = [ACTUAL, PREDICTED, COUNT].map((names) => columnIn(columns, names));
  if (actual === undefined || predicted === undefined) return null;
  // What else a table tells of each example says that it is about them.
  if (count === undefined && !named && columns.length > 2) return null;
  const labels = [...new Set(rows.flatMap((row) => [row[actual] ?? "", row[predicted] ?? ""]))].sort(byName);
  if (labels.length > MOST_CLASSES) return null;
  const places = new Map(labels.map((label, at) => [label, at]));
  const counts = labels.map(() => labels.map(() => 0));
  for (const row of rows) {
    const number = count === undefined ? 1 : Number(row[count] ?? Number.NaN);
    counts[places.get(row[actual] ?? "")!]![places.get(row[predicted] ?? "")!]! += number;
  }
  return matrixOf(counts, labels);
}

/** As `numpy.savetxt` and `DataFrame.to_csv` write it: with a first column of labels, or without. */
function ofSquare({ columns, rows }: EvaluationTable): ConfusionMatrix | null {
  const size = rows.length;
  const first = columns.length === size + 1 ? 1 : 0;
  if (columns.length !== size + first) return null;
  const numbers = rows.map((row) => row.slice(first).map((cell) => Number(cell ?? Number.NaN)));
  return matrixOf(numbers, first === 1 ? rows.map(([label]) => label ?? "") : columns);
}

const COUNTED = ["truenegatives", "falsepositives", "falsenegatives", "truepositives"];

/** MLflow's `per_class_metrics.csv`: each class against all others. */
function oneAgainstRest({ columns, rows }: EvaluationTable): ConfusionMatrix[] | null {
  const name = columnIn(columns, ["positiveclass"]);
  const places = COUNTED.flatMap((counted) => columnIn(columns, [counted]) ?? []);
  if (name === undefined || places.length < COUNTED.length) return null;
  const matrices = rows.slice(0, MOST_MATRICES).map((row) => {
    const label = row[name] ?? "";
    const [right, alarms, missed, found] = places.map((place) => Number(row[place] ?? Number.NaN));
    const matrix = matrixOf(
      [
        [right, alarms],
        [missed, found],
      ],
      [`not ${label}`, label],
    );
    return matrix && { ...matrix, title: label };
  });
  return matrices.length > 0 && matrices.every((matrix) => matrix !== null) ? matrices : null;
}

/** Null when it is no square of counts. Without labels the classes are numbered from 0. */
export function matrixOf(counts: unknown, labels: readonly string[] | null): ConfusionMatrix | null {
  if (!Array.isArray(counts) || counts.length < 2 || counts.length > MOST_CLASSES) return null;
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.length === counts.length && row.every((one) => Number.isFinite(one) && one >= 0);
  if (!counts.every(isRow)) return null;
  const named = labels?.length === counts.length ? [...labels] : counts.map((_, at) => String(at));
  return { title: "", labels: named, counts };
}

const collator = new Intl.Collator("en", { numeric: true });
const byName = (one: string, other: string) => collator.compare(one, other);

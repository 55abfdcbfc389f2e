/** ROC and precision-recall curves out of tables with a row for each point. */
import { columnIn } from "./columnNames";
import type { Evaluation, EvaluationTable, ScoreCurve } from "./evaluation";

/** More curves than these say nothing in one picture. */
const MOST_CURVES = 50;
/** Points nearer to each other than this share of the axes cannot be told apart. */
const STEP = 1 / 1000;

const CLASS = ["class", "label", "name", "series", "fold", "positiveclass"];

/** Null when it is no such table. */
export function scoreCurvesOf(path: string, table: EvaluationTable): Evaluation | null {
  const find = (...names: string[]) => columnIn(table.columns, names);
  const [fpr, tpr] = [find("fpr", "falsepositiverate"), find("tpr", "truepositiverate")];
  if (fpr !== undefined && tpr !== undefined) return read("roc", table, fpr, tpr);
  const [recall, precision] = [find("recall", "recalls"), find("precision", "precisions")];
  if (recall === undefined || precision === undefined) return null;
  // A report on each class has these columns, too.
  if (find("fscore", "fonescore", "support", "f") !== undefined) return null;
  const extra = table.columns.length - 2 - (find(...CLASS) === undefined ? 0 : 1);
  const isNamed = /(^|[^a-z])prc?([^a-z]|$)|precision.?recall/i.test(path.slice(path.lastIndexOf("/") + 1));
  if (extra > 0 && !isNamed && find("threshold", "thresholds") === undefined) return null;
  return read("precision-recall", table, recall, precision);
}

function read(
  form: "roc" | "precision-recall",
  { columns, rows }: EvaluationTable,
  xAt: number,
  yAt: number,
): Evaluation | null {
  const classAt = columnIn(columns, CLASS);
  const points = new Map<string, [number, number][]>();
  for (const row of rows) {
    const name = classAt === undefined ? "" : (row[classAt] ?? "");
    const [x, y] = [Number(row[xAt] ?? Number.NaN), Number(row[yAt] ?? Number.NaN)];
    // scikit-learn has NaN where no example is of the class.
    if (!isShare(x) || !isShare(y)) continue;
    const known = points.get(name);
    if (known) known.push([x, y]);
    else points.set(name, [[x, y]]);
  }
  const curves = Array.from(points, ([name, all]) => curveOf(form, name, ascending(all)));
  const isOne = curves.length > 0 && curves.length <= MOST_CURVES && curves.some(({ x }) => x.length > 1);
  return isOne ? { form, curves } : null;
}

const isShare = (value: number) => value >= 0 && value <= 1;

/** Points come either way round; where they are in no order at all they are sorted. */
function ascending(points: [number, number][]): [number, number][] {
  const isUp = points.every(([x], at) => at === 0 || x >= points[at - 1]![0]);
  if (isUp) return points;
  const turned = points.toReversed();
  if (turned.every(([x], at) => at === 0 || x >= turned[at - 1]![0])) return turned;
  return points.toSorted(([a], [b]) => a - b);
}

function curveOf(form: "roc" | "precision-recall", name: string, points: readonly [number, number][]): ScoreCurve {
  const area = form === "roc" ? areaUnder(points) : averagePrecision(points);
  const shown = thinned(points);
  return { name, x: shown.map(([x]) => x), y: shown.map(([, y]) => y), area };
}

const isNear = (one: number, other: number) => Math.abs(one - other) < 1e-9;

/** By trapezoids, as `sklearn.metrics.auc`. */
function areaUnder(points: readonly [number, number][]): number | null {
  if (!isNear(points[0]![0], 0) || !isNear(points.at(-1)![0], 1)) return null;
  let area = 0;
  for (let at = 1; at < points.length; at++) {
    const [[x0, y0], [x1, y1]] = [points[at - 1]!, points[at]!];
    area += ((x1 - x0) * (y0 + y1)) / 2;
  }
  return area;
}

/** Sum of (R[n] - R[n-1]) · P[n], as `sklearn.metrics.average_precision_score`. */
function averagePrecision(points: readonly [number, number][]): number | null {
  if (!isNear(points.at(-1)![0], 1)) return null;
  let sum = 0;
  let last = 0;
  for (const [recall, precision] of points) {
    sum += (recall - last) * precision;
    last = recall;
  }
  return sum;
}

/** Leaves out what would be drawn over the point before. */
function thinned(points: readonly [number, number][]): [number, number][] {
  const kept: [number, number][] = [];
  points.forEach((point, at) => {
    const last = kept.at(-1);
    const isFar = !last || Math.abs(point[0] - last[0]) >= STEP || Math.abs(point[1] - last[1]) >= STEP;
    if (isFar || at === points.length - 1) kept.push(point);
  });
  return kept;
}

/** Whether the model's answers stay when numbers are moved a little, as another measurement would. */
import { UserError } from "../../../domain/errors";
import type { GateOf } from "../../../domain/gateSettings";
import type { CellValue, TableColumns } from "../evaluate/contract";
import type { Evaluated } from "../evaluate/evaluations";
import { type Gate, judged } from "../gate";
import { taskOf } from "../rows/evaluationData";
import { numbersOf } from "../rows/outcome";
import { seededNormal } from "../statistics/random";
import { wilson } from "../statistics/wilson";
import { percent } from "../words";

export const robustnessGate: Gate<"robustness"> = async (settings, context) => {
  const { noise = 0.05, change = 0.05, repeats = 3, seed = 0 } = settings;
  const asked = await context.evaluations.of(context.version, settings);
  const moved = columnsToMove(settings, asked);
  const evaluator = await context.evaluations.evaluatorOf(context.version);
  const isRegression = judgesNumbers(asked);
  const shares: number[] = [];
  let changedRows = 0;
  for (let turn = 0; turn < repeats; turn++) {
    const normal = seededNormal(seed + turn);
    const columns = { ...asked.features };
    for (const { name, deviation, whole } of moved) {
      columns[name] = columns[name]!.map((value) => move(value, noise * deviation, normal, whole));
    }
    const { predictions } = await evaluator.predict(columns);
    const found = isRegression
      ? meanChange(asked.predicted.predictions, predictions)
      : shareChanged(asked.predicted.predictions, predictions);
    shares.push(found);
    changedRows += isRegression ? 0 : Math.round(found * asked.rows.count);
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / repeats;
  const by = `when ${moved.length} columns are moved by ${noise} standard deviations`;
  const what = isRegression
    ? `predictions change by ${percent(mean)} of their standard deviation on average`
    : `${percent(mean)} of the predictions become another class`;
  const tests = asked.rows.count * repeats;
  const detail = {
    noise,
    repeats,
    seed,
    columns: moved.map(({ name }) => name),
    value: mean,
    each: shares,
    ...(isRegression ? {} : { interval: wilson(changedRows, tests, 0.95) }),
    limit: change,
    data: asked.evidence,
  };
  const complaints =
    mean > change || Number.isNaN(mean) ? [`${what} ${by}, at most ${percent(change)} is allowed`] : [];
  return judged(complaints, `${what} ${by}`.replace(/^p/, "P"), detail);
};

interface MovedColumn {
  name: string;
  deviation: number;
  /** It takes whole numbers only. */
  whole: boolean;
}

/** Throws UserError when there is none, or one that is named is not of numbers. */
function columnsToMove({ columns }: GateOf<"robustness">, { features, data }: Evaluated): MovedColumn[] {
  const unknown = columns?.find((name) => features[name] === undefined);
  if (unknown !== undefined) throw new UserError(`The model takes no column "${unknown}" of ${data.file}.`);
  const chosen = columns ?? Object.keys(features).filter((name) => hasFractions(features[name]!));
  const found = chosen.map((name) => {
    const numbers = features[name]!.filter((value) => value !== null);
    if (!numbers.every((value) => typeof value === "number")) {
      throw new UserError(`The column "${name}" of ${data.file} is not of numbers, and cannot be moved.`);
    }
    return { name, deviation: deviationOf(numbers), whole: !hasFractions(numbers) };
  });
  const moved = found.filter(({ deviation }) => deviation > 0);
  if (moved.length > 0) return moved;
  throw new UserError(`${data.file} has no columns of fractions that the model takes: name some with \`columns\`.`);
}

function hasFractions(values: TableColumns[string]): boolean {
  const numbers = values.filter((value) => value !== null);
  return numbers.every((value) => typeof value === "number") && numbers.some((value) => !Number.isInteger(value));
}

function move(value: CellValue, by: number, normal: () => number, whole: boolean): CellValue {
  if (typeof value !== "number") return value;
  const moved = value + by * normal();
  return whole ? Math.round(moved) : moved;
}

function judgesNumbers({ data, predicted }: Evaluated): boolean {
  const { label } = data.settings;
  const labels = label === undefined ? undefined : data.rows.columns[label];
  if (data.settings.task || labels) return taskOf(data, labels ?? []).task === "regression";
  return predicted.predictions.some((one) => typeof one === "number" && !Number.isInteger(one));
}

type Predictions = Evaluated["predicted"]["predictions"];

function shareChanged(before: Predictions, after: Predictions): number {
  const classOf = (one: Predictions[number]) =>
    // Scores of all classes: the highest counts.
    Array.isArray(one)
      ? one.indexOf(Math.max(...one.map((score) => score ?? Number.NEGATIVE_INFINITY)))
      : chanceOrClass(one);
  return before.filter((one, at) => classOf(one) !== classOf(after[at]!)).length / before.length;
}

/** A chance, as boosters answer with, stands for the class that is more likely. */
const chanceOrClass = (one: CellValue) => (typeof one === "number" && one > 0 && one < 1 ? Number(one > 0.5) : one);

function meanChange(before: Predictions, after: Predictions): number {
  const [old, now] = [numbersOf(before), numbersOf(after)];
  const deviation = deviationOf(old);
  const mean = old.reduce((sum, value, at) => sum + Math.abs(value - now[at]!), 0) / old.length;
  return mean === 0 ? 0 : mean / deviation;
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

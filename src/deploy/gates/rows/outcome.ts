/** Labels and answers made comparable: as classes, or as numbers. */
import { UserError } from "../../../domain/errors";
import type { CellValue, Predicted } from "../evaluate/contract";

export interface Classified {
  /** In order: numbers by size, then texts. Those of the labels and those that were predicted. */
  classes: string[];
  /** Places in `classes`; -1 of a prediction: no value. */
  actual: number[];
  predicted: number[];
  /** By row, the score of each of `classes`; null when the model gives none. */
  scores: number[][] | null;
}

type ClassValue = string | number | boolean;

/** True and 1 are one class, as they are to scikit-learn. */
export const classText = (value: ClassValue) => String(typeof value === "boolean" ? Number(value) : value);

const byOrder = (one: string, other: string) =>
  one !== "" && other !== "" && !Number.isNaN(Number(one)) && !Number.isNaN(Number(other))
    ? Number(one) - Number(other)
    : one < other
      ? -1
      : Number(one > other);

/** Throws UserError when the answers cannot be classes of these labels. */
export function asClasses(labels: readonly CellValue[], answers: Predicted): Classified {
  const wanted = [...new Set(labels.map((label) => classText(label!)))].sort(byOrder);
  const read = readAnswers(answers, wanted);
  const classes = [...new Set([...wanted, ...read.texts.filter((text) => text !== null)])].sort(byOrder);
  if (!read.texts.some((text) => text !== null && wanted.includes(text))) {
    const [some, others] = [[...new Set(read.texts)], wanted].map((list) => list.slice(0, 3).join(", "));
    throw new UserError(
      `The model answers ${some} and the labels are ${others}: name the column with what it was trained to predict as \`evaluation.label\`.`,
    );
  }
  const places = new Map(classes.map((name, place) => [name, place]));
  return {
    classes,
    actual: labels.map((label) => places.get(classText(label!))!),
    predicted: read.texts.map((text) => (text === null ? -1 : places.get(text)!)),
    scores: read.scores && inOrder(read.scores, read.classes, classes),
  };
}

interface ReadAnswers {
  texts: (string | null)[];
  /** Of `classes`. */
  scores: (number | null)[][] | null;
  classes: string[];
}

function readAnswers({ predictions, scores, classes }: Predicted, wanted: readonly string[]): ReadAnswers {
  const rows = predictions.map((one) => (Array.isArray(one) && one.length === 1 ? one[0]! : one));
  if (rows.some(Array.isArray)) return fromVectors(rows, wanted);
  const values = rows as CellValue[];
  const isChance = (value: CellValue) => value === null || (typeof value === "number" && value >= 0 && value <= 1);
  // Boosters answer with the chance of the second of two classes.
  if (
    wanted.length === 2 &&
    values.every(isChance) &&
    values.some((value) => value !== null && !Number.isInteger(value))
  ) {
    const chances = values as (number | null)[];
    return {
      texts: chances.map((chance) => (chance === null ? null : wanted[Number(chance > 0.5)]!)),
      scores: chances.map((chance) => (chance === null ? [null, null] : [1 - chance, chance])),
      classes: [...wanted],
    };
  }
  return {
    texts: values.map((value) => (value === null ? null : classText(value))),
    scores,
    classes: (classes ?? []).map(classText),
  };
}

/** Scores of all classes are an answer, too: the highest counts. */
function fromVectors(rows: Predicted["predictions"], wanted: readonly string[]): ReadAnswers {
  const width = (rows.find(Array.isArray) as unknown[]).length;
  const numbered = Array.from({ length: width }, (_, at) => String(at));
  const isNumbered = wanted.every((name) => numbered.includes(name));
  if (rows.some((row) => !Array.isArray(row) || row.length !== width) || !(isNumbered || wanted.length === width)) {
    throw new UserError(
      `The model answers with ${width} values for a row, which are no scores of the ${wanted.length} classes of the labels.`,
    );
  }
  const classes = isNumbered ? numbered : [...wanted];
  const vectors = rows as (number | null)[][];
  return { texts: vectors.map((row) => highest(row, classes)), scores: vectors, classes };
}

function highest(row: readonly (number | null)[], classes: readonly string[]): string | null {
  if (row.includes(null)) return null;
  return classes[row.indexOf(Math.max(...(row as number[])))]!;
}

/** Null when a score is missing, or a class has none. */
function inOrder(
  scores: readonly (readonly (number | null)[])[],
  from: readonly string[],
  to: readonly string[],
): number[][] | null {
  const places = to.map((name) => from.indexOf(name));
  if (scores.some((row) => row.includes(null))) return null;
  return scores.map((row) => places.map((place) => (place < 0 ? 0 : row[place]!)));
}

/** Throws UserError when labels or answers are no numbers. A missing answer is NaN. */
export function asNumbers(
  labels: readonly CellValue[],
  { predictions }: Predicted,
): { actual: number[]; predicted: number[] } {
  if (!labels.every((label) => typeof label === "number")) {
    throw new UserError("The labels are no numbers: set `evaluation.task` to classification, or name another column.");
  }
  return { actual: labels as number[], predicted: numbersOf(predictions) };
}

/** Throws UserError when they are no numbers. */
export function numbersOf(predictions: Predicted["predictions"]): number[] {
  return predictions.map((one) => {
    const value = Array.isArray(one) && one.length === 1 ? one[0]! : one;
    if (value === null) return Number.NaN;
    if (typeof value !== "number") throw new UserError(`The model answers ${JSON.stringify(one)}, which is no number.`);
    return value;
  });
}

/** Which class is the yes: as set, else of two classes 1, true, yes, or the last. Throws UserError when that is not known. */
export function positiveClass(classes: readonly string[], positive: ClassValue | undefined): string {
  if (positive !== undefined) {
    const text = classText(positive);
    if (classes.includes(text)) return text;
    throw new UserError(`\`positive\` is ${text}, and the classes are ${classes.slice(0, 10).join(", ")}.`);
  }
  if (classes.length !== 2) {
    throw new UserError(
      `There are ${classes.length} classes: say with \`evaluation.positive\` which of them is the yes.`,
    );
  }
  return classes.find((name) => /^(1|true|yes|y|positive)$/i.test(name)) ?? classes[1]!;
}

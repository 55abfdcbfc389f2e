/** Evaluation settings made concrete: which rows, what is to be predicted, and what the model is given. */
import path from "node:path";
import type { InputSchema } from "../../../domain/bundle";
import { UserError } from "../../../domain/errors";
import type { EvaluationSettings } from "../../../domain/gateSettings";
import type { CellValue, TableColumns } from "../evaluate/contract";
import type { Rows } from "./readRows";

/** What of a table a model is evaluated with. */
export interface EvaluationData {
  /** Relative to the project, as the settings name it. */
  file: string;
  rows: Rows;
  settings: EvaluationSettings;
}

export type Task = "classification" | "regression";

/** Rows of a bigger file that are enough to judge by. */
export const MOST_ROWS = 20_000;
/** More different whole numbers than these are taken for amounts rather than classes. */
const MOST_CLASSES = 50;

export const evaluationFile = (root: string, file: string) => path.resolve(root, file);

/** Throws UserError when the settings name no label, or one that the table has not, or values are missing in it. */
export function labelsOf({ file, rows, settings }: EvaluationData): CellValue[] {
  if (settings.label === undefined) {
    throw new UserError("Say with `evaluation.label` which column holds what should be predicted.");
  }
  const labels = columnOf(rows, settings.label, file);
  const missing = labels.filter((label) => label === null).length;
  if (missing > 0) {
    throw new UserError(
      `${missing} of ${rows.count} rows of ${file} have no ${settings.label}: leave them out of the file.`,
    );
  }
  return [...labels];
}

/** Throws UserError when there is no such column. */
export function columnOf({ columns }: Rows, name: string, file: string): readonly CellValue[] {
  const found = columns[name];
  if (found) return found;
  throw new UserError(`${file} has no column "${name}": it has ${listed(Object.keys(columns))}.`);
}

/** As set, else by the labels: fractions, and very many different numbers, are regression. */
export function taskOf({ settings }: EvaluationData, labels: readonly CellValue[]): { task: Task; guessed: boolean } {
  if (settings.task) return { task: settings.task, guessed: false };
  const isNumeric = labels.every((label) => typeof label === "number");
  const isAmount =
    isNumeric && (labels.some((label) => !Number.isInteger(label)) || new Set(labels).size > MOST_CLASSES);
  return { task: isAmount ? "regression" : "classification", guessed: true };
}

/**
 * The columns that the model is given: as set; else those that it says it takes; else all but label and group. Throws
 * UserError when the table lacks one.
 */
export function featuresOf(data: EvaluationData, input: InputSchema | null): TableColumns {
  const { file, rows } = data;
  const wanted = wantedColumns(data, input);
  const lacking = wanted.filter((name) => rows.columns[name] === undefined);
  if (lacking.length > 0) {
    throw new UserError(
      `${file} lacks ${lacking.length === 1 ? "a column" : "columns"} that the model takes: ${listed(lacking)}.`,
    );
  }
  return Object.fromEntries(wanted.map((name) => [name, rows.columns[name]!]));
}

function wantedColumns({ file, rows, settings }: EvaluationData, input: InputSchema | null): string[] {
  if (settings.features) return settings.features;
  const { label, group } = settings;
  if (input && "columns" in input) {
    return input.columns
      .filter(({ name, required }) => required || rows.columns[name] !== undefined)
      .map(({ name }) => name);
  }
  const others = Object.keys(rows.columns).filter((name) => name !== label);
  const width = widthOf(input);
  // A group may be a feature too: where the model says how many it takes, that tells.
  if (others.length === width) return others;
  const ungrouped = others.filter((name) => name !== group);
  if (width === null || ungrouped.length === width) return ungrouped;
  throw new UserError(
    `The model takes ${width} columns without names, and ${file} has ${ungrouped.length} that could be them: name them in their order with \`evaluation.features\`.`,
  );
}

/** How many values of a row a model takes that knows no names; null when it does not say. */
function widthOf(input: InputSchema | null): number | null {
  if (!input || !("tensors" in input) || input.tensors.length !== 1) return null;
  const { shape } = input.tensors[0]!;
  return shape.length === 2 && shape[1]! > 0 ? shape[1]! : null;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `"${name}"`);
  return names.length > 8 ? `${shown.join(", ")} and ${names.length - 8} more` : shown.join(", ");
}

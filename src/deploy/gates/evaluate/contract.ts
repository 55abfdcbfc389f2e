/** A model that answers: its bundle in a process of the Python that serves it. */
import type { ReadyBundle } from "../../contract";
import type { ServingPython } from "../../environment/servingPython";

/** A value of a cell; null: missing. */
export type CellValue = number | string | boolean | null;

/** Columns of the same length, by name. */
export type TableColumns = Record<string, readonly CellValue[]>;

/** Answers to the rows of a table, in their order. */
export interface Predicted {
  /** A list per row where the model gives several values. Null in it: no value, or a number that is not finite. */
  predictions: (CellValue | (number | null)[])[];
  /** How sure the model is of each class, a list per row; null when it does not say. */
  scores: (number | null)[][] | null;
  /** The classes that the scores are of, in their order; null when it does not say. */
  classes: (string | number | boolean)[] | null;
}

/** What a model is timed with: rows, one after the other, or the whole of a body for `/invocations`. */
export type Question = { columns: TableColumns } | { body: Record<string, unknown> };

export interface Evaluator {
  /** Throws UserError, with what Python said, when the model cannot answer these rows, or takes too long. */
  predict(columns: TableColumns): Promise<Predicted>;
  /** Ms of each of `times` predictions of a row (in turn), after `warmUp` that are not counted. */
  time(question: Question, options: { warmUp: number; times: number }): Promise<number[]>;
  /** Ends its process. */
  close(): Promise<void>;
}

export type OpenEvaluator = (bundle: ReadyBundle, python: ServingPython, signal: AbortSignal) => Promise<Evaluator>;

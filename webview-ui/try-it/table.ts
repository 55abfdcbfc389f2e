/** A request as a table to fill in, and back: for models that take rows of named columns. */
import type { ColumnType, InputColumn } from "../../src/domain/bundle";

/** Cells are texts, as they are typed. */
export interface Table {
  columns: InputColumn[];
  rows: string[][];
}

export interface CellFault {
  row: number;
  column: number;
  message: string;
}

/** More rows are a matter of JSON. */
export const MOST_ROWS = 50;

type Value = string | number | boolean | null;
type Body = Record<string, unknown>;

/** Null when the body (JSON) is no table of plain values, or too long. `columns`: what is known of them. */
export function tableOf(body: string, columns: readonly InputColumn[] | null): Table | null {
  const read = readRows(parse(body));
  if (!read || read.rows.length === 0 || read.rows.length > MOST_ROWS) return null;
  const { names, rows } = read;
  if (names.length === 0 || !rows.every((row) => row.every(isPlain))) return null;
  const values = rows as Value[][];
  const known = new Map(columns?.map((column) => [column.name, column]));
  return {
    columns: names.map(
      (name, at) =>
        known.get(name) ??
        guessed(
          name,
          values.map((row) => row[at] ?? null),
        ),
    ),
    rows: values.map((row) => row.map(textOf)),
  };
}

/** One row to begin with, of columns of which nothing else is known. */
export function emptyTable(columns: readonly InputColumn[]): Table {
  return { columns: [...columns], rows: [columns.map(firstText)] };
}

/** The body as indented JSON, or what is wrong with which cell. */
export function bodyOf({ columns, rows }: Table): { body: string; faults: CellFault[] } {
  const faults: CellFault[] = [];
  const data = rows.map((row, at) =>
    columns.map((column, place) => {
      const { value, fault } = typedValue(row[place] ?? "", column);
      if (fault !== undefined) faults.push({ row: at, column: place, message: fault });
      return value;
    }),
  );
  const names = JSON.stringify(columns.map(({ name }) => name));
  const lines = data.map((row) => `      ${JSON.stringify(row)}`).join(",\n");
  const body = `{\n  "dataframe_split": {\n    "columns": ${names},\n    "data": [\n${lines}\n    ]\n  }\n}`;
  return { body, faults };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** MLflow's two ways to write a table, and rows as objects as KServe's first protocol takes them. */
function readRows(body: unknown): { names: string[]; rows: unknown[][] } | null {
  if (!isObject(body)) return null;
  const split = body.dataframe_split;
  if (isObject(split) && isTexts(split.columns) && isRows(split.data)) {
    return { names: split.columns, rows: split.data };
  }
  const records = body.dataframe_records ?? body.instances ?? body.inputs;
  if (!Array.isArray(records) || records.length === 0 || !records.every(isObject)) return null;
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { names, rows: records.map((record) => names.map((name) => record[name] ?? null)) };
}

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const isRows = (value: unknown): value is unknown[][] => Array.isArray(value) && value.every(Array.isArray);
const isPlain = (value: unknown): value is Value => value === null || typeof value !== "object";

function guessed(name: string, values: readonly Value[]): InputColumn {
  const present = values.filter((value) => value !== null);
  const all = (type: string) => present.length > 0 && present.every((value) => typeof value === type);
  const type: ColumnType = all("number") ? "double" : all("boolean") ? "boolean" : all("string") ? "string" : "any";
  return { name, type, required: false };
}

const textOf = (value: Value) => (value === null ? "" : String(value));

function firstText({ type, minimum }: InputColumn): string {
  if (isNumeric(type)) return String(minimum ?? 0);
  return type === "boolean" ? "false" : "";
}

const isWhole = (type: ColumnType) => type === "integer" || type === "long";
export const isNumeric = (type: ColumnType): boolean => isWhole(type) || type === "float" || type === "double";

function typedValue(text: string, { type, required }: InputColumn): { value: Value; fault?: string } {
  const trimmed = text.trim();
  if (type === "string" || type === "datetime" || type === "binary") {
    return trimmed === "" && required && type !== "string" ? missing : { value: text };
  }
  if (trimmed === "") return required ? missing : { value: null };
  if (type === "boolean") {
    if (/^(true|false)$/i.test(trimmed)) return { value: trimmed.toLowerCase() === "true" };
    return { value: null, fault: "true or false" };
  }
  const number = Number(trimmed);
  if (isNumeric(type)) {
    if (!Number.isFinite(number)) return { value: null, fault: "a number" };
    return isWhole(type) && !Number.isInteger(number) ? { value: null, fault: "a whole number" } : { value: number };
  }
  // Of any type: as JSON would have it, else a text.
  const read = parse(trimmed);
  return { value: isPlain(read) && read !== null ? read : text };
}

const missing = { value: null, fault: "a value" };

/** What the column takes, for who fills it in: "whole number, 0 to 14.2 seen". */
export function hintOf({ type, required, minimum, maximum }: InputColumn): string {
  const word = isWhole(type) ? "whole number" : isNumeric(type) ? "number" : type;
  const range = minimum === undefined || maximum === undefined ? undefined : `${minimum} to ${maximum} seen`;
  return [word, range, required ? undefined : "may be empty"].filter(Boolean).join(", ");
}

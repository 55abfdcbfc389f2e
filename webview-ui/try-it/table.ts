/** A request as a table to fill in, and back: for models that take rows of named columns. */
import type { ColumnType, InputColumn } from "../../src/domain/bundle";

export interface Cell {
  /** As it is typed. */
  text: string;
  /**
   * What was read, for as long as nobody types: the text might become another value. A value of undefined: the row did not have it.
   * Absent: the text decides.
   */
  read?: { value: Value | undefined };
}

export interface Table {
  columns: InputColumn[];
  rows: Cell[][];
  /** How the body says it, and what else it says. Default: as `dataframe_split`, and nothing. */
  form?: Form;
  rest?: Body;
}

const RECORDS = ["dataframe_records", "instances", "inputs"] as const;
type Form = "dataframe_split" | (typeof RECORDS)[number];

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
  const json = parse(body);
  const read = isObject(json) ? readRows(json) : null;
  if (!read || read.rows.length === 0 || read.rows.length > MOST_ROWS) return null;
  const { form, rest, names, rows } = read;
  if (names.length === 0 || new Set(names).size < names.length) return null;
  if (
    !rows.every((row) => row.length === names.length && row.every((value) => value === undefined || isPlain(value)))
  ) {
    return null;
  }
  const values = rows as (Value | undefined)[][];
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
    rows: values.map((row) => row.map((value) => ({ text: textOf(value ?? null), read: { value } }))),
    ...{ form, rest },
  };
}

/** One row to begin with, of columns of which nothing else is known. */
export function emptyTable(columns: readonly InputColumn[]): Table {
  return { columns: [...columns], rows: [columns.map((column) => ({ text: firstText(column) }))] };
}

/** The body as indented JSON, or what is wrong with which cell. */
export function bodyOf({ columns, rows, form = "dataframe_split", rest = {} }: Table): {
  body: string;
  faults: CellFault[];
} {
  const faults: CellFault[] = [];
  const data = rows.map((row, at) =>
    columns.map((column, place) => {
      const { text, read } = row[place] ?? { text: "" };
      const { value, fault } = typedValue(text, column);
      if (fault !== undefined) faults.push({ row: at, column: place, message: fault });
      return read ? read.value : value;
    }),
  );
  const names = columns.map(({ name }) => name);
  const table = form === "dataframe_split" ? writeSplit(names, data) : writeRecords(names, data);
  const others = Object.entries(rest).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return { body: `{\n${[`  "${form}": ${table}`, ...others].join(",\n")}\n}`, faults };
}

type Row = (Value | undefined)[];

function writeSplit(names: readonly string[], data: readonly Row[]): string {
  const lines = data.map((row) => `      ${JSON.stringify(row)}`).join(",\n");
  return `{\n    "columns": ${JSON.stringify(names)},\n    "data": [\n${lines}\n    ]\n  }`;
}

function writeRecords(names: readonly string[], data: readonly Row[]): string {
  const lines = data.map(
    (row) => `    ${JSON.stringify(Object.fromEntries(names.map((name, at) => [name, row[at]])))}`,
  );
  return `[\n${lines.join(",\n")}\n  ]`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** MLflow's two ways to write a table, and rows as objects as KServe's first protocol takes them. */
function readRows(body: Body): { form: Form; rest: Body; names: string[]; rows: unknown[][] } | null {
  const { dataframe_split: split, ...beside } = body;
  if (isObject(split) && isTexts(split.columns) && isRows(split.data)) {
    return { form: "dataframe_split", rest: beside, names: split.columns, rows: split.data };
  }
  const form = RECORDS.find((key) => body[key] != null);
  if (form === undefined) return null;
  const { [form]: records, ...rest } = body;
  if (!Array.isArray(records) || records.length === 0 || !records.every(isObject)) return null;
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { form, rest, names, rows: records.map((record) => names.map((name) => record[name])) };
}

const isObject = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const isRows = (value: unknown): value is unknown[][] => Array.isArray(value) && value.every(Array.isArray);

/** A number that JavaScript cannot hold would be sent as another. */
const isPlain = (value: unknown): value is Value => {
  if (typeof value !== "number") return value === null || typeof value !== "object";
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
};

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

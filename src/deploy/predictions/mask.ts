/**
 * Taking the values of columns out of the bodies of requests and answers, whichever protocol they speak. Where it cannot be told
 * which value is of which column, nothing of the body is kept.
 */
import type { InputSchema } from "../../domain/bundle";

const MASKED = "***";

/** Null: nothing is kept. */
export type Mask = (body: string, contentType?: string) => string | null;

interface Rule {
  hides(name: unknown): boolean;
  /** Of rows without names: the model's own; null when they are not known. */
  columns: readonly string[] | null;
  /** Of columns and tensors, as far as they are known. */
  names: ReadonlySet<unknown>;
  /** Values that stand under no column's name are kept: a model's answers. */
  unnamed: boolean;
}

class Unclear extends Error {}

/** `patterns`: names of columns; `*` stands for any text. `input`: of the model, for rows whose columns have no names. */
export function maskInputs(patterns: readonly string[], input: InputSchema | null): Mask {
  const columns = input && "columns" in input ? input.columns.map(({ name }) => name) : null;
  const names = new Set(input && "tensors" in input ? input.tensors.map(({ name }) => name) : columns);
  const rule = { hides: hider(patterns), columns, names, unnamed: false };
  return masking((body) => (isObject(body) ? maskRequest(body, rule) : maskTable(body, rule)));
}

/** What a model answers has columns only where they have names. */
export function maskOutputs(patterns: readonly string[]): Mask {
  const rule = { hides: hider(patterns), columns: null, names: new Set(), unnamed: true };
  return masking((body) => maskNamed(body, rule));
}

function hider(patterns: readonly string[]): (name: unknown) => boolean {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const expressions = patterns.map((one) => new RegExp(`^${one.split("*").map(literal).join(".*")}$`, "is"));
  return (name) => expressions.some((expression) => expression.test(String(name)));
}

function masking(mask: (body: unknown) => unknown): Mask {
  return (body, contentType = "application/json") => {
    // Lines of CSV may be quoted, escaped and continued in too many ways.
    if (!/\bjson\b/i.test(contentType)) return null;
    try {
      return JSON.stringify(mask(JSON.parse(body)));
    } catch (error) {
      // No JSON, or so deep that it cannot be walked.
      if (error instanceof Unclear || error instanceof SyntaxError || error instanceof RangeError) return null;
      throw error;
    }
  };
}

/** Names that requests have for their data as a whole: what stands under them is of no column yet. */
const WHOLE = new Set(["instances", "inputs", "dataframe_records", "dataframe_split", "data", "input", "input_data"]);

function maskRequest(body: Record<string, unknown>, rule: Rule): unknown {
  return mapObject(body, rule, (name, value) => {
    if (name === "dataframe_split" && isObject(value)) return maskSplit(value, rule);
    return WHOLE.has(name.toLowerCase()) && !isObject(value) ? maskTable(value, rule) : maskBelow(name, value, rule);
  });
}

function maskBelow(name: string, value: unknown, rule: Rule): unknown {
  if (isObject(value) || rule.unnamed || rule.names.has(name)) return maskNamed(value, rule);
  // A table whose columns have no names, whatever it is called as a whole; else it is a value, or a column, of that name.
  const isTable = Array.isArray(value) && value.some((one) => isObject(one) || Array.isArray(one));
  return isTable || WHOLE.has(name.toLowerCase()) ? maskTable(value, rule) : value;
}

/** Tensors, rows, or a single value. */
function maskTable(value: unknown, rule: Rule): unknown {
  if (!Array.isArray(value)) return maskRows([value], rule.columns, rule)[0];
  const tensors = value.length > 0 && value.every((one) => isObject(one) && "data" in one && "shape" in one);
  return tensors ? value.map((one) => maskTensor(one, rule)) : maskRows(value, rule.columns, rule);
}

/** Everything below a name that is hidden. */
function maskNamed(value: unknown, rule: Rule): unknown {
  if (Array.isArray(value)) return value.map((one) => maskNamed(one, rule));
  if (!isObject(value)) return value;
  if (Array.isArray(value.columns) && Array.isArray(value.data)) return maskSplit(value, rule);
  if (typeof value.name === "string" && "data" in value && rule.hides(value.name)) return { ...value, data: MASKED };
  return mapObject(value, rule, (name, one) => maskBelow(name, one, rule));
}

/** {"columns": ["a", "b"], "data": [[1, 2]]}, MLflow's dataframe_split; columns that are only numbered have the model's names. */
function maskSplit(split: Record<string, unknown>, rule: Rule): unknown {
  const { columns, data } = split;
  const names = Array.isArray(columns) && columns.every((one) => typeof one === "string") ? columns : rule.columns;
  const rows = Array.isArray(data) ? maskRows(data, names, rule) : MASKED;
  return { ...split, ...("index" in split ? { index: MASKED } : {}), data: rows };
}

/** {"name": "a", "shape": [2, 1], "data": [1, 2]}, of KServe's second protocol: a column, or rows one after the other. */
function maskTensor(tensor: Record<string, unknown>, { hides, columns, names }: Rule): unknown {
  const { name, shape, data } = tensor;
  const width = Array.isArray(shape) && shape.length > 1 ? Number(shape.at(-1)) : 1;
  if (hides(name)) return { ...tensor, data: MASKED };
  if (names.has(name)) return tensor;
  if (columns?.length !== width || !Array.isArray(data)) throw new Unclear();
  const flat = data.flat(Number.POSITIVE_INFINITY);
  return { ...tensor, data: flat.map((value, index) => (hides(columns[index % width]) ? MASKED : value)) };
}

/** Each an object of names, an array in the order of `columns`, or the value of the only column. */
function maskRows(rows: readonly unknown[], columns: readonly string[] | null, rule: Rule): unknown[] {
  return rows.map((row) => {
    if (isObject(row)) return maskNamed(row, rule);
    const values = Array.isArray(row) ? row : [row];
    if (columns?.length !== values.length) throw new Unclear();
    const masked = values.map((value, index) => (rule.hides(columns[index]) ? MASKED : maskNamed(value, rule)));
    return Array.isArray(row) ? masked : masked[0];
  });
}

function mapObject(object: Record<string, unknown>, { hides }: Rule, map: (name: string, value: unknown) => unknown) {
  const entries = Object.entries(object);
  return Object.fromEntries(entries.map(([name, value]) => [name, hides(name) ? MASKED : map(name, value)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

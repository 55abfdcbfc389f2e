/** The sample of a bundle in the words of each protocol, and answers in those of MLflow's. */
import type { InputSchema } from "../../domain/bundle";
import type { Sample } from "../sample";

type Json = Record<string, unknown>;

/** "instances" of KServe's first protocol and of Vertex AI; null when the sample is no list of rows. */
export function instancesOf({ request }: Sample): unknown[] | null {
  const split = request.dataframe_split as { columns?: string[]; data?: unknown[][] } | undefined;
  if (split?.columns && split.data) {
    const { columns, data } = split;
    return data.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
  }
  const rows = request.dataframe_records ?? request.instances ?? request.inputs;
  return Array.isArray(rows) ? rows : null;
}

interface V2Tensor {
  name: string;
  shape: number[];
  datatype: string;
  data: unknown[];
}

const V2_TYPES: Record<string, string> = {
  bool: "BOOL",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  uint8: "UINT8",
};

/** "inputs" of KServe's second protocol; null when the sample cannot be said in it. */
export function v2InputsOf(sample: Sample, input: InputSchema | null): V2Tensor[] | null {
  const { request } = sample;
  if (input && "tensors" in input) {
    const given = (request.inputs ?? request.instances) as unknown;
    const byName = isObject(given) ? given : { [input.tensors[0]!.name ?? ""]: given };
    const tensors = input.tensors.map(({ name, dtype }) =>
      tensorOf(name ?? "input-0", byName[name ?? ""], V2_TYPES[dtype]),
    );
    return tensors.every((tensor) => tensor !== null) ? tensors : null;
  }
  const rows = instancesOf(sample);
  if (!rows?.length || !rows.every(isObject)) return null;
  const names = Object.keys(rows[0] as Json);
  const columns = names.map((name) => {
    const values = rows.map((row) => (row as Json)[name]);
    return tensorOf(name, values, typeOf(values, input, name));
  });
  return columns.every((column) => column !== null) ? columns : null;
}

const COLUMN_TYPES: Record<string, string> = {
  boolean: "BOOL",
  integer: "INT32",
  long: "INT64",
  float: "FP32",
  double: "FP64",
};

function typeOf(values: readonly unknown[], input: InputSchema | null, name: string): string {
  const known = input && "columns" in input && input.columns.find((column) => column.name === name)?.type;
  if (known && COLUMN_TYPES[known]) return COLUMN_TYPES[known];
  if (values.every((value) => typeof value === "boolean")) return "BOOL";
  return values.every((value) => typeof value === "number" || value === null) ? "FP64" : "BYTES";
}

function tensorOf(name: string, values: unknown, datatype: string | undefined): V2Tensor | null {
  if (!Array.isArray(values)) return null;
  const shape: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data = values.flat(Number.POSITIVE_INFINITY) as unknown[];
  const fits = data.length === shape.reduce((product, length) => product * length, 1);
  const isText = datatype === undefined || datatype === "BYTES";
  if (!fits || (isText && !data.every((value) => typeof value === "string"))) return null;
  return { name, shape, datatype: datatype ?? "BYTES", data };
}

/** What the first protocol's answer is to be compared with; undefined when it says it in another form. */
export function expectedRows({ response }: Sample): Json | undefined {
  return isObject(response) && Array.isArray(response.predictions) ? { predictions: response.predictions } : undefined;
}

/** Of a single output the values one after the other; undefined when there are several, or their form is another. */
export function expectedValues({ response }: Sample): unknown[] | undefined {
  if (!isObject(response) || !Array.isArray(response.predictions)) return undefined;
  const values = response.predictions.flat(Number.POSITIVE_INFINITY) as unknown[];
  return values.some(isObject) ? undefined : values;
}

/** Those of the second protocol's answer: of its single output; undefined when there are several. */
export function v2Values(answer: unknown): unknown[] | undefined {
  const outputs = isObject(answer) && Array.isArray(answer.outputs) ? (answer.outputs as { data?: unknown }[]) : [];
  const [only] = outputs;
  return outputs.length === 1 && Array.isArray(only?.data) ? only.data : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

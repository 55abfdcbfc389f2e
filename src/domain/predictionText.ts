/** What a model was asked and what it answered, in one line: values by their names, whichever protocol they came by. */

/** Of a request's body. What is of no protocol stands as it is. */
export function inputsInShort(body: string): string {
  const asked = parsed(body);
  if (!isObject(asked)) return body;
  const { dataframe_split: split, dataframe_records: records, instances, inputs } = asked;
  if (isObject(split) && Array.isArray(split.data)) return rowsInShort(split.data, split.columns) ?? body;
  if (isObject(inputs)) return pairsInShort(inputs);
  return tensorsInShort(inputs) ?? rowsInShort(records ?? instances ?? inputs) ?? body;
}

/** Of the body of an answer; what stands beside the predictions is left out. */
export function outputsInShort(body: string): string {
  const answered = parsed(body);
  if (!isObject(answered)) return body;
  const { predictions, outputs } = answered;
  return (
    tensorsInShort(outputs) ?? (isObject(predictions) ? pairsInShort(predictions) : rowsInShort(predictions)) ?? body
  );
}

/** The first of them. `names`: of the values in a row that tells none itself. Undefined: they are no rows. */
function rowsInShort(rows: unknown, names?: unknown): string | undefined {
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const [first] = rows;
  const named = Array.isArray(first) && Array.isArray(names) && names.length === first.length;
  const row = named ? pairs(names.map((name, at) => [name, first[at]])) : rowInShort(first);
  return rows.length === 1 ? row : `${row} and ${(rows.length - 1).toLocaleString()} more`;
}

function rowInShort(row: unknown): string {
  if (Array.isArray(row)) return row.map(valueText).join(", ");
  return isObject(row) ? pairsInShort(row) : valueText(row);
}

/** Of KServe's second protocol. Undefined: they are none. */
function tensorsInShort(tensors: unknown): string | undefined {
  if (!Array.isArray(tensors) || tensors.length === 0) return undefined;
  const isTensor = (one: unknown) => isObject(one) && typeof one.name === "string" && Array.isArray(one.data);
  return tensors.every(isTensor) ? pairs(tensors.map(({ name, data }) => [name, single(data)])) : undefined;
}

const pairsInShort = (values: object) => pairs(Object.entries(values).map(([name, value]) => [name, single(value)]));

const pairs = (values: [name: unknown, value: unknown][]) =>
  values.map(([name, value]) => `${valueText(name)}=${valueText(value)}`).join(", ");

/** A column of one row, without its brackets. */
const single = (value: unknown) => (Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value);

const valueText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Tables and matrices as JSON has them. */
import { matrixOf } from "./confusion";
import type { ConfusionMatrix, EvaluationTable } from "./evaluation";

/**
 * Null when it is no table. Known are columns with rows of values (`mlflow.log_table`, W&B's tables), a list of records, and
 * columns by name, for one or for several classes; each also as the only value of an object, as DVCLive writes it.
 */
export function tableOfJson(content: unknown): EvaluationTable | null {
  if (Array.isArray(content)) return tableOfRecords(content);
  if (!isObject(content)) return null;
  const { columns, data } = content;
  if (isTexts(columns) && Array.isArray(data) && data.every((row) => Array.isArray(row))) {
    return { columns, rows: data.map((row: unknown[]) => columns.map((_, at) => cellText(row[at]))) };
  }
  const values = Object.values(content);
  if (values.length === 1) return tableOfJson(values[0]);
  return tableOfColumns(content) ?? tableOfClasses(content);
}

function tableOfRecords(records: readonly unknown[]): EvaluationTable | null {
  if (records.length === 0 || !records.every(isObject)) return null;
  const columns = [...new Set(records.flatMap(Object.keys))];
  return { columns, rows: records.map((record) => columns.map((column) => cellText(record[column]))) };
}

/** Lists stand for columns; what is beside them (a title, an area) and shorter lists (scikit-learn's thresholds) are none. */
function tableOfColumns(content: Record<string, unknown>): EvaluationTable | null {
  const lists = Object.entries(content).flatMap(([name, list]) => (isFlat(list) ? [{ name, list }] : []));
  const length = Math.max(0, ...lists.map(({ list }) => list.length));
  const columns = lists.filter(({ list }) => list.length === length);
  if (columns.length < 2 || length === 0) return null;
  const rows = Array.from({ length }, (_, row) => columns.map(({ list }) => cellText(list[row])));
  return { columns: columns.map(({ name }) => name), rows };
}

/** The same columns for each class, by its name. */
function tableOfClasses(content: Record<string, unknown>): EvaluationTable | null {
  const tables = Object.entries(content).flatMap(([name, part]) => {
    const table = isObject(part) ? tableOfColumns(part) : null;
    return table ? [{ name, table }] : [];
  });
  const [first] = tables;
  if (!first) return null;
  const alike = tables.filter(({ table }) => table.columns.join("\n") === first.table.columns.join("\n"));
  const rows = alike.flatMap(({ name, table }) => table.rows.map((row) => [name, ...row]));
  return { columns: ["class", ...first.table.columns], rows };
}

const MATRIX_KEYS = ["matrix", "confusion_matrix", "confusionMatrix", "cm", "conf_mat", "counts", "values", "data"];
const LABEL_KEYS = ["labels", "classes", "class_names", "classNames", "target_names", "names", "columns"];

/** Null when there is none. A list of lists alone is one only where the file's name says so. */
export function confusionOfJson(content: unknown, named: boolean): ConfusionMatrix | null {
  if (Array.isArray(content)) return named ? matrixOf(content, null) : null;
  if (!isObject(content)) return null;
  const key = MATRIX_KEYS.find((one) => isSquare(content[one]));
  if (key === undefined || !(named || /conf|cm/i.test(key))) return null;
  const labels = LABEL_KEYS.map((one) => content[one]).find(isLabels);
  return matrixOf(content[key], labels?.map(String) ?? null);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
const isLabels = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number");
const isFlat = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((cell) => typeof cell !== "object" || cell === null);
const isSquare = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((row) => Array.isArray(row) && row.length === value.length);

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

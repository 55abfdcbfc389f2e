/** Lines of tables of metrics: CSV, TSV and JSON lines, of which each row is a step. */
import type { MetricPoint } from "../domain/run";
import { flattenNumbers, parseLooseJson } from "./numbers";
import { stepOf } from "./stepFields";

/** How the rows of a table are understood. `columns` is empty for JSON lines. */
export interface TableLayout {
  delimiter: "," | "\t" | ";" | "json";
  columns: string[];
  /** The index of the column that says the step. */
  step: number;
}

/** Columns that say when, not how well. */
const TIMES = /^(?:wall_?time|time|timestamp|date(?:time)?|created_at)$/i;
/** The column of row names that pandas writes has no name. */
const STEP_COLUMNS = [
  /^global[_ ]?step$/i,
  /^step$/i,
  /^iter(?:ation)?$/i,
  /(?:^|\/)total_timesteps$|^timesteps_total$/i,
];
const LESSER_STEP_COLUMNS = [/^epochs?$/i, /^round$/i, /^(?:index)?$/i];

/** What the first line of a table says; undefined when it is no table of metrics: it has no column for the step. */
export function layoutOf(firstLine: string): TableLayout | undefined {
  if (firstLine.trimStart().startsWith("{")) {
    return typeof parseLooseJson(firstLine) === "object" ? { delimiter: "json", columns: [], step: -1 } : undefined;
  }
  const delimiter = (["\t", ",", ";"] as const).find((one) => firstLine.includes(one));
  if (!delimiter) return undefined;
  const columns = cells(firstLine.replace(/^\ufeff/, ""), delimiter);
  const step = [...STEP_COLUMNS, ...LESSER_STEP_COLUMNS]
    .map((name) => columns.findIndex((column) => name.test(column)))
    .find((index) => index >= 0);
  // A header of numbers is a row of data.
  const isHeader = columns.every((column) => column === "" || !Number.isFinite(Number(column)));
  return step === undefined || !isHeader ? undefined : { delimiter, columns, step };
}

/** The points of a row; undefined when it is none. `row`: its number, the step where the row tells none. */
export function pointsOf(layout: TableLayout, line: string, row: number, time: number): MetricPoint[] | undefined {
  if (layout.delimiter === "json") return pointsOfJson(line, row, time);
  const values = cells(line, layout.delimiter);
  const step = numberOf(values[layout.step]);
  if (step === undefined || !Number.isFinite(step)) return undefined;
  return layout.columns.flatMap((key, index) => {
    const value = isMetric(key) && index !== layout.step ? numberOf(values[index]) : undefined;
    return value === undefined ? [] : [{ key, value, step, time }];
  });
}

function pointsOfJson(line: string, row: number, time: number): MetricPoint[] | undefined {
  const value = parseLooseJson(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const numbers = flattenNumbers(value);
  const step = stepOf(numbers) ?? row;
  return numbers.filter(([key]) => isMetric(key)).map(([key, value]) => ({ key, value, step, time }));
}

function isMetric(column: string): boolean {
  return column !== "" && ![TIMES, ...STEP_COLUMNS, ...LESSER_STEP_COLUMNS].some((name) => name.test(column));
}

function cells(line: string, delimiter: string): string[] {
  const found = line.includes('"') ? quotedCells(line, delimiter) : line.split(delimiter);
  return found.map((cell) => cell.trim());
}

function quotedCells(line: string, delimiter: string): string[] {
  const found: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '"') {
      if (quoted && line[at + 1] === '"') cell += line[at++];
      else quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      found.push(cell);
      cell = "";
    } else cell += character;
  }
  return [...found, cell];
}

/** As Python and pandas write numbers; undefined for an empty cell or text. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const word = /^([-+]?)(?:(nan)|inf(?:inity)?)$/i.exec(text);
  if (word) return word[2] ? Number.NaN : word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[-+.\d]/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

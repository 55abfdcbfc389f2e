/**
 * Which runs a filter lets through, worked out column by column: what a text means is asked once for each distinct one, not for
 * each run. What is not there never matches, except by IS NULL; of NaN only "it differs" is true.
 */
import type { Comparison, Filter } from "../search/filter";
import type { ColumnKey } from "../table/columns";
import { ATTRIBUTE_COLUMNS, type TableFilter } from "./grammar";
import { isLike } from "./like";

/** Cells of one column by row. */
export type Cells =
  | { kind: "number"; values: Float64Array; present: Uint8Array }
  /** A code is the place of its text plus one; 0: the run has none. */
  | { kind: "text"; codes: Uint32Array; texts: readonly string[] };

export interface Table {
  /** Rows are numbered below this. */
  rows: number;
  cells(column: ColumnKey): Cells | undefined;
  /** Columns of a source that are there. */
  columnsOf(source: ColumnKey["source"]): ColumnKey[];
  /** Ids of the runs by row. */
  ids: readonly string[];
}

/** By row: 1 lets through. */
export type Mask = Uint8Array;

/** Columns whose texts are searched for words. */
const WORD_COLUMNS: readonly ColumnKey[] = (["name", "experiment", "note", "script"] as const).map((key) => ({
  source: "run",
  key,
}));

export function matchRows(filter: TableFilter | null, table: Table): Mask {
  if (filter === null) return new Uint8Array(table.rows).fill(1);
  if (filter.kind === "conditions") return visit(filter.filter, table);
  const columns = [...WORD_COLUMNS, ...table.columnsOf("tag")];
  return filter.words
    .map((word) => {
      const has = columns.map((column) =>
        byText(table, table.cells(column), (text) => text.toLowerCase().includes(word)),
      );
      return has.reduce(or);
    })
    .reduce(and);
}

/** Columns that the filter looks at. */
export function columnsInFilter(filter: TableFilter | null, table: Pick<Table, "columnsOf">): ColumnKey[] {
  if (filter === null) return [];
  if (filter.kind === "words") return [...WORD_COLUMNS, ...table.columnsOf("tag")];
  const found: ColumnKey[] = [];
  const look = (node: Filter): void => {
    if (node.kind === "comparison") found.push(...columnsOf(node, table));
    else node.terms.forEach(look);
  };
  look(filter.filter);
  return found;
}

function columnsOf({ entity, key }: Comparison, table: Pick<Table, "columnsOf">): ColumnKey[] {
  if (entity === "attribute") return ATTRIBUTE_COLUMNS[key] ? [ATTRIBUTE_COLUMNS[key]] : [];
  if (entity === "dataset") return table.columnsOf("data");
  return [{ source: entity, key }];
}

function visit(node: Filter, table: Table): Mask {
  if (node.kind === "comparison") return compare(node, table);
  const terms = node.terms.map((term) => visit(term, table));
  return terms.reduce(node.kind === "all" ? and : or, new Uint8Array(table.rows).fill(node.kind === "all" ? 1 : 0));
}

function compare(comparison: Comparison, table: Table): Mask {
  const { entity, key, operator } = comparison;
  if (entity === "attribute" && key === "run_id") return byId(comparison, table);
  if (entity === "dataset") return byDataset(comparison, table);
  const [column] = columnsOf(comparison, table);
  const cells = column && table.cells(column);
  if (operator === "IS NULL" || operator === "IS NOT NULL") {
    const there = byText(
      table,
      cells,
      () => true,
      () => true,
    );
    return operator === "IS NULL" ? not(there) : there;
  }
  const isStatus = key === "status" && entity === "attribute";
  const wanted = isStatus ? lowered(comparison) : comparison;
  return byText(table, cells, textTest(wanted), numberTest(wanted));
}

/** MLflow writes FINISHED, we write finished. */
function lowered({ value, ...rest }: Comparison): Comparison {
  if (typeof value === "string") return { ...rest, value: value.toLowerCase() };
  return { ...rest, value: Array.isArray(value) ? value.map((text: string) => text.toLowerCase()) : value };
}

function byId(comparison: Comparison, { ids }: Table): Mask {
  const test = textTest(comparison);
  return Uint8Array.from(ids, (id) => (test(id) ? 1 : 0));
}

/** Whether the run used a dataset of this name, or a version that begins like this. */
function byDataset(comparison: Comparison, table: Table): Mask {
  const test = textTest(comparison);
  const none = new Uint8Array(table.rows);
  const columns = table.columnsOf("data");
  if (comparison.key === "name") {
    const named = columns.filter(({ key }) => test(key));
    return named.map((column) => byText(table, table.cells(column), () => true)).reduce(or, none);
  }
  const begins = (version: string) =>
    comparison.operator === "=" ? version.startsWith(String(comparison.value)) : test(version);
  return columns.map((column) => byText(table, table.cells(column), begins)).reduce(or, none);
}

function byText(
  { rows }: Table,
  cells: Cells | undefined,
  text: (text: string) => boolean,
  number: (value: number) => boolean = (value) => text(String(value)),
): Mask {
  const mask = new Uint8Array(rows);
  if (!cells) return mask;
  if (cells.kind === "number") {
    for (let row = 0; row < rows; row++) if (cells.present[row] && number(cells.values[row]!)) mask[row] = 1;
    return mask;
  }
  const holds = Uint8Array.from(cells.texts, (one) => (text(one) ? 1 : 0));
  for (let row = 0; row < rows; row++) {
    const code = cells.codes[row]!;
    if (code > 0) mask[row] = holds[code - 1]!;
  }
  return mask;
}

function numberTest({ operator, value }: Comparison): (found: number) => boolean {
  const wanted = Number(value);
  switch (operator) {
    case "=":
      return (found) => found === wanted;
    case "!=":
      return (found) => found !== wanted;
    case "<":
      return (found) => found < wanted;
    case "<=":
      return (found) => found <= wanted;
    case ">":
      return (found) => found > wanted;
    case ">=":
      return (found) => found >= wanted;
    default:
      return () => false;
  }
}

function textTest(comparison: Comparison): (found: string) => boolean {
  const { operator, value } = comparison;
  if (typeof value === "number") {
    const test = numberTest(comparison);
    return (found) => found.trim() !== "" && !Number.isNaN(Number(found)) && test(Number(found));
  }
  if (Array.isArray(value)) {
    const list = new Set(value as string[]);
    return (found) => list.has(found) === (operator === "IN");
  }
  const text = String(value);
  if (operator === "LIKE" || operator === "ILIKE") {
    if (operator === "LIKE") return (found) => isLike(found, text);
    return (found) => isLike(found.toLowerCase(), text.toLowerCase());
  }
  return (found) => (found === text) === (operator === "=");
}

const and = (one: Mask, other: Mask): Mask => one.map((value, row) => value & other[row]!);
const or = (one: Mask, other: Mask): Mask => one.map((value, row) => value | other[row]!);
const not = (mask: Mask): Mask => mask.map((value) => 1 - value);

/** From filters to SQL. */
import { type Comparison, type Entity, type Filter, SearchError } from "../../domain/search/filter";
import type { Value } from "../database";
import type { Condition } from "../filter";

/** Where what filters and orders name is found. */
export interface Target {
  /** By canonical names. */
  attributes: Readonly<Record<string, Part>>;
  /** By key, for the thing that the query is at. */
  parts: Partial<Record<Entity, (key: string) => Part>>;
}

export type Part = ColumnPart | TablePart;

/** An expression. */
export interface ColumnPart {
  sql: string;
  values?: Value[];
  /** May be NULL: it is not there then. */
  nullable?: boolean;
}

/** A table that has the value in a column, in one row of the thing's; for filters alone it may be several. */
export interface TablePart {
  table: string;
  /** The index to look in, where SQLite takes a longer way by itself. */
  index?: string;
  /** Whether the row `alias` is the thing's; `values` are those of its parameters. */
  match(alias: string): string;
  values: Value[];
  column: string;
  /** NULL stands for NaN there, and not for a missing value. Such a table has a column `key` that is never NULL. */
  nan?: boolean;
}

/** For a FROM clause. */
export function tableAs({ table, index }: TablePart, alias: string): string {
  return index === undefined ? `${table} ${alias}` : `${table} ${alias} INDEXED BY ${index}`;
}

export function partOf({ attributes, parts }: Target, { entity, key }: { entity: Entity; key: string }): Part {
  return entity === "attribute" ? attributes[key]! : parts[entity]!(key);
}

/** SQLite's trees of expressions are 1,000 deep at most. */
const MAX_COMPARISONS = 400;
/** SQLite's longest pattern is 50,000 bytes. */
const MAX_PATTERN = 10_000;

/** Throws SearchError for a filter that is too large. */
export function conditionOf(filter: Filter, target: Target): Condition {
  let comparisons = 0;

  function visit(node: Filter): Condition {
    if (node.kind === "comparison") {
      if (++comparisons > MAX_COMPARISONS) {
        throw new SearchError(
          `The filter has more than ${MAX_COMPARISONS} comparisons. Split it into several searches.`,
        );
      }
      return comparisonSql(node, target);
    }
    const parts = node.terms.map(visit);
    if (parts.length === 0) return { sql: node.kind === "all" ? "1" : "0", values: [] };
    const sql = parts.map((part) => part.sql).join(node.kind === "all" ? " AND " : " OR ");
    return { sql: `(${sql})`, values: parts.flatMap((part) => part.values) };
  }

  return visit(filter);
}

function comparisonSql(comparison: Comparison, target: Target): Condition {
  const part = partOf(target, comparison);
  if ("sql" in part) return columnSql(part, comparison);
  const { operator } = comparison;
  const column = `v.${part.column}`;
  const holds = operator.startsWith("IS") ? { sql: "1", values: [] } : operatorSql(column, comparison);
  // Of NaN only one thing is true: it differs from every number.
  const value = part.nan && operator === "!=" ? `(${column} IS NULL OR ${holds.sql})` : holds.sql;
  const exists = `EXISTS (SELECT 1 FROM ${tableAs(part, "v")} WHERE ${part.match("v")} AND ${value})`;
  return { sql: operator === "IS NULL" ? `NOT ${exists}` : exists, values: [...part.values, ...holds.values] };
}

/** NULL equals nothing and differs from nothing, so that what is not there never matches. */
function columnSql({ sql, values = [] }: ColumnPart, comparison: Comparison): Condition {
  if (comparison.value === null) return { sql: `${sql} ${comparison.operator}`, values };
  const holds = operatorSql(sql, comparison);
  return { sql: holds.sql, values: [...values, ...holds.values] };
}

function operatorSql(column: string, { operator, value }: Comparison): Condition {
  if (operator === "IN" || operator === "NOT IN") {
    return { sql: `${column} ${operator} (SELECT value FROM json_each(?))`, values: [JSON.stringify(value)] };
  }
  if (operator === "LIKE" || operator === "ILIKE") return likeSql(column, operator, value as string);
  return { sql: `${column} ${operator} ?`, values: [value as string | number] };
}

/** MLflow's LIKE tells case apart, SQLite's does not; GLOB does, with `*` and `?` for `%` and `_`. */
function likeSql(column: string, operator: "LIKE" | "ILIKE", pattern: string): Condition {
  if (pattern.length > MAX_PATTERN) {
    throw new SearchError(`A pattern of ${operator} can have ${MAX_PATTERN} characters at most.`);
  }
  if (operator === "ILIKE") return { sql: `${column} LIKE ?`, values: [pattern] };
  const glob = pattern.replace(/[*?[]/g, "[$&]").replaceAll("%", "*").replaceAll("_", "?");
  return { sql: `${column} GLOB ?`, values: [glob] };
}

/** From orders to the columns that SQL sorts by. */
import type { OrderTerm } from "../../domain/search/filter";
import type { Value } from "../database";
import { type ColumnPart, partOf, type Target, tableAs } from "./condition";

export interface SortColumn {
  sql: string;
  values: Value[];
  descending: boolean;
}

export interface Order {
  /** Joins that the columns need. */
  joins: { sql: string; values: Value[] }[];
  columns: SortColumn[];
}

/**
 * In both directions values come first, then NaN, last what has no value; so a term is sorted by its rank, then by its value.
 * `ties`: what follows, so that no two rows are equal; what is ordered by already is left out of them.
 */
export function orderOf(terms: readonly OrderTerm[], ties: readonly OrderTerm[], target: Target): Order {
  const isAsked = (tie: OrderTerm) => terms.some(({ entity, key }) => entity === tie.entity && key === tie.key);
  const orders = [...terms, ...ties.filter((tie) => !isAsked(tie))].map((term, index) =>
    termOrder(term, `o${index}`, target),
  );
  return { joins: orders.flatMap(({ joins }) => joins), columns: orders.flatMap(({ columns }) => columns) };
}

function termOrder(term: OrderTerm, alias: string, target: Target): Order {
  const part = partOf(target, term);
  const { descending } = term;
  if ("sql" in part) return { joins: [], columns: sortColumns(part, descending) };
  const { values, column, nan } = part;
  const value = `${alias}.${column}`;
  const join = { sql: `LEFT JOIN ${tableAs(part, alias)} ON ${part.match(alias)}`, values };
  return {
    joins: [join],
    columns: [
      // NULL where there is no row.
      ...(nan ? [{ sql: `${alias}.key IS NULL`, values: [], descending: false }] : []),
      { sql: `${value} IS NULL`, values: [], descending: false },
      { sql: value, values: [], descending },
    ],
  };
}

function sortColumns({ sql, values = [], nullable }: ColumnPart, descending: boolean): SortColumn[] {
  const column = { sql, values, descending };
  return nullable ? [{ sql: `${sql} IS NULL`, values, descending: false }, column] : [column];
}

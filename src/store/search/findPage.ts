/** One page of whatever a filter finds, in whatever order. */
import type { Database } from "../database";
import type { Condition } from "../filter";
import type { Order } from "./order";
import { afterSql, readToken, type SortValue, writeToken } from "./pageToken";

export interface Search {
  /** The column that tells what was found. */
  id: string;
  from: string;
  /** The column by which a row of `from` is found again; given where there may be very many rows. */
  row?: string;
  conditions: readonly Condition[];
  order: Order;
  limit: number;
  /** From the page before. */
  token: string | null;
}

export interface FoundPage<Id> {
  ids: Id[];
  /** Null on the last page. */
  next: string | null;
}

/** Throws SearchError for a token that does not belong to the search. Inside a read. */
export function findPage<Id extends string | number>(db: Database, search: Search): FoundPage<Id> {
  const { conditions, order, limit, token } = search;
  const { columns } = order;
  const after = token === null ? [] : [afterSql(columns, readToken(columns, token))];
  const late = search.row === undefined ? [] : conditions.filter(isDear);
  const early = [...conditions.filter((condition) => !late.includes(condition)), ...after];
  const { sql, values } = late.length > 0 ? lateSql(search, early, late) : pageSql(search, early, "LIMIT ?");
  // One more than asked for tells whether there is a next page.
  const rows = db.all<object>(sql, ...values, limit + 1).map((row) => Object.values(row) as [Id, ...SortValue[]]);
  const page = rows.slice(0, limit);
  return {
    ids: page.map(([found]) => found),
    next: rows.length > limit ? writeToken(columns, page.at(-1)!.slice(1) as SortValue[]) : null,
  };
}

/** A look into another table for each row. */
function isDear({ sql }: Condition): boolean {
  return sql.includes("EXISTS (");
}

function pageSql({ id, from, order }: Search, wheres: readonly Condition[], end: string, more = ""): Condition {
  const { columns, joins } = order;
  const directions = columns.map(({ descending }, index) => `s${index} ${descending ? "DESC" : "ASC"}`);
  return {
    sql: `SELECT ${[`${id} AS id`, ...columns.map((column, index) => `${column.sql} AS s${index}`)].join(", ")}${more}
      FROM ${[from, ...joins.map((join) => join.sql)].join(" ")}
      WHERE ${wheres.map((where) => where.sql).join(" AND ") || "1"}
      ORDER BY ${directions.join(", ")} ${end}`,
    values: [columns, joins, wheres].flatMap((parts) => parts.flatMap((part) => part.values)),
  };
}

/**
 * All rows are put in order first, and then looked at one by one until the page is full: where one in a hundred is looked at,
 * that takes a quarter of the time. `LIMIT -1` keeps SQLite from making one query of the two; rows of the inner one come to the
 * outer one in their order, as nothing is sorted there.
 */
function lateSql(search: Search, early: readonly Condition[], late: readonly Condition[]): Condition {
  const inner = pageSql(search, early, "LIMIT -1", `, ${search.row} AS row`);
  const names = ["id", ...search.order.columns.map((_column, index) => `s${index}`)].map((name) => `sorted.${name}`);
  return {
    sql: `SELECT ${names.join(", ")} FROM (${inner.sql}) sorted CROSS JOIN ${search.from}
      WHERE ${search.row} = sorted.row AND ${late.map((where) => where.sql).join(" AND ")} LIMIT ?`,
    values: [...inner.values, ...late.flatMap(({ values }) => values)],
  };
}

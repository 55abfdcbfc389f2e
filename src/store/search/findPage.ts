/** One page of whatever a filter finds, in whatever order. */
import type { Database, Value } from "../database";
import type { Condition } from "../filter";
import type { Order } from "./order";
import { afterSql, readToken, type SortValue, writeToken } from "./pageToken";

export interface Search {
  /** The column that tells what was found. */
  id: string;
  from: string;
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
  const { id, from, conditions, order, limit, token } = search;
  const { columns, joins } = order;
  const after = token === null ? null : afterSql(columns, readToken(columns, token));
  const wheres = after ? [...conditions, after] : conditions;
  const sql = `SELECT ${[id, ...columns.map(({ sql }, index) => `${sql} AS s${index}`)].join(", ")}
    FROM ${[from, ...joins.map((join) => join.sql)].join(" ")}
    WHERE ${wheres.map((where) => where.sql).join(" AND ")}
    ORDER BY ${columns.map(({ descending }, index) => `s${index} ${descending ? "DESC" : "ASC"}`).join(", ")} LIMIT ?`;
  const values: Value[] = [columns, joins, wheres].flatMap((parts) => parts.flatMap((part) => part.values));
  // One more than asked for tells whether there is a next page.
  const rows = db.all<object>(sql, ...values, limit + 1).map((row) => Object.values(row) as [Id, ...SortValue[]]);
  const page = rows.slice(0, limit);
  return {
    ids: page.map(([found]) => found),
    next: rows.length > limit ? writeToken(columns, page.at(-1)!.slice(1) as SortValue[]) : null,
  };
}

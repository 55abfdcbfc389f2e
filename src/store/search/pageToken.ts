/**
 * Where the next page begins, as an opaque text: the values that its predecessor's last row is sorted by. Rows that come or go
 * meanwhile shift nothing, and a far page costs what the first one does.
 */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { AnyNumber, toJson } from "../../domain/json";
import { SearchError } from "../../domain/search/filter";
import type { Value } from "../database";
import type { SortColumn } from "./order";

/** A text is in a list of its own: "NaN" could be both. */
const Token = z.object({ of: z.string(), at: z.array(z.union([z.null(), z.tuple([z.string()]), AnyNumber])) });

export type SortValue = string | number | null;

export function writeToken(columns: readonly SortColumn[], values: readonly SortValue[]): string {
  const at = values.map((value) => (typeof value === "string" ? [value] : value));
  return Buffer.from(toJson({ of: nameOf(columns), at })).toString("base64url");
}

/** Throws SearchError for a token of another order, and for what is none. */
export function readToken(columns: readonly SortColumn[], token: string): SortValue[] {
  const { data } = Token.safeParse(parse(Buffer.from(token, "base64url").toString()));
  if (data?.of !== nameOf(columns) || data.at.length !== columns.length) {
    throw new SearchError("Invalid page token: it does not belong to this search. Begin again with its first page.");
  }
  return data.at.map((value) => (Array.isArray(value) ? value[0]! : value));
}

function nameOf(columns: readonly SortColumn[]): string {
  const text = columns.map(({ sql, values, descending }) => [sql, ...values.map(String), descending]);
  return createHash("sha256").update(JSON.stringify(text)).digest("base64url").slice(0, 12);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Rows that come after the one with these values. NULL sorts before all values; where it can be, the column before tells it
 * apart, so that nothing comes after it within its rank.
 */
export function afterSql(
  columns: readonly SortColumn[],
  values: readonly SortValue[],
): { sql: string; values: Value[] } {
  const alternatives: string[] = [];
  const parameters: Value[] = [];
  for (const [index, { sql, descending, values: own }] of columns.entries()) {
    if (values[index] === null) continue;
    const before = columns.slice(0, index);
    const equal = before.map((column) => `(${column.sql}) IS ? AND `).join("");
    alternatives.push(`(${equal}(${sql}) ${descending ? "<" : ">"} ?)`);
    for (const [place, column] of before.entries()) parameters.push(...column.values, values[place]!);
    parameters.push(...own, values[index]!);
  }
  const [first] = columns;
  const start = values[0] ?? null;
  if (!first || start === null) return { sql: `(${alternatives.join(" OR ") || "0"})`, values: parameters };
  // Said for itself as well, so that an index is entered where the page begins. The first column is never NULL.
  const bound = `(${first.sql}) ${first.descending ? "<=" : ">="} ?`;
  return { sql: `(${bound} AND (${alternatives.join(" OR ")}))`, values: [...first.values, start, ...parameters] };
}

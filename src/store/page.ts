/** Pages of listings that are in one order: rows come with the value that they are sorted by and a number that breaks ties. */
import type { PageOptions } from "./contract";
import { type Place, readCursor, writeCursor } from "./cursor";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

export interface PageRequest {
  limit: number;
  /** The last row of the page before. */
  after: Place | null;
}

export function pageLimit(limit = DEFAULT_LIMIT): number {
  return Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT);
}

/** `order` names the listing: a cursor of another one is refused with a UserError. */
export function readPage(order: string, { limit, cursor }: PageOptions): PageRequest {
  return { limit: pageLimit(limit), after: cursor === undefined ? null : readCursor(order, cursor) };
}

/** `rows`: one more than the limit, if there are so many. `place` gives the value and number of a row. */
export function takePage<Row>(
  order: string,
  limit: number,
  rows: Row[],
  place: (row: Row) => Omit<Place, "phase">,
): { rows: Row[]; next: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? writeCursor(order, { phase: 0, ...place(page.at(-1)!) }) : null };
}

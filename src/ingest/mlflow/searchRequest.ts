/** What searches of all kinds have in common on the wire. */
import { type Filter, type OrderTerm, SearchError } from "../../domain/search/filter";
import type { Grammar } from "../../domain/search/grammars";
import { parseFilter } from "../../domain/search/parseFilter";
import { parseOrder } from "../../domain/search/parseOrder";
import type { View } from "../../store/search/contract";
import { invalid } from "./errors";
import type { JsonObject } from "./json";
import { optionalEnum, optionalInteger, textOf, textsOf } from "./message";

const VIEWS = { ACTIVE_ONLY: "active", DELETED_ONLY: "deleted", ALL: "all" } as const satisfies Record<string, View>;

/** Longer ones are no person's and no program's. */
const FILTER_LIMIT = 100_000;

export interface Paging {
  limit: number;
  /** Null: the first page. */
  token: string | null;
}

/** `standard`: the page's size when the client names none. Throws MlflowError for one that cannot be. */
export function pagingOf(message: JsonObject, standard: number, most: number): Paging {
  const limit = optionalInteger(message, "max_results") ?? standard;
  if (limit < 1) {
    throw invalid(
      `Invalid value ${limit} for parameter 'max_results' supplied. It must be at least 1, but got value ${limit}`,
    );
  }
  if (limit > most) {
    throw invalid(
      `Invalid value ${limit} for parameter 'max_results' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.`,
    );
  }
  return { limit, token: textOf(message, "page_token") || null };
}

export function filterOf(message: JsonObject, grammar: Grammar): Filter {
  const text = textOf(message, "filter");
  if (text.length > FILTER_LIMIT) throw invalid(`The filter has more than ${FILTER_LIMIT} characters.`);
  return understood(() => parseFilter(text, grammar));
}

export function orderOf(message: JsonObject, grammar: Grammar): OrderTerm[] {
  return understood(() => parseOrder(textsOf(message, "order_by"), grammar));
}

/** Which of deleted and other things are asked for in this field. */
export function viewOf(message: JsonObject, field: string): View {
  return VIEWS[optionalEnum(message, field, Object.keys(VIEWS) as (keyof typeof VIEWS)[]) ?? "ACTIVE_ONLY"];
}

/** What `body` gives; a search that cannot be understood is the client's mistake. */
export function understood<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SearchError) throw invalid(error.message);
    throw error;
  }
}

export function nextPage(next: string | null): JsonObject {
  return next === null ? {} : { next_page_token: next };
}

/**
 * What a filter asks for, as a tree. MLflow's own filters are flat: comparisons that must all hold. `or` and parentheses are
 * ours.
 */
import { UserError } from "../errors";

/** What a comparison looks at. "attribute": the thing's own columns. */
export type Entity = "attribute" | "metric" | "param" | "tag" | "dataset";

export type Operator =
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "LIKE"
  | "ILIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

export interface Comparison {
  kind: "comparison";
  entity: Entity;
  /** For an attribute its canonical name: see grammars.ts. */
  key: string;
  operator: Operator;
  /** A list for IN and NOT IN, null for IS NULL and IS NOT NULL; a number for metrics and numeric attributes. */
  value: string | number | readonly string[] | null;
}

/** Without terms, `all` holds and `any` does not. */
export type Filter = Comparison | { kind: "all"; terms: Filter[] } | { kind: "any"; terms: Filter[] };

export interface OrderTerm {
  entity: Entity;
  /** For an attribute its canonical name. */
  key: string;
  descending: boolean;
}

/** A filter or an order that cannot be understood; the message is MLflow's where MLflow has one. */
export class SearchError extends UserError {}

/** Every comparison of the filter, in the order in which they are written. */
export function comparisonsOf(filter: Filter): Comparison[] {
  return filter.kind === "comparison" ? [filter] : filter.terms.flatMap(comparisonsOf);
}

/** Which runs' cells are read: a condition on a column `run`. */
import type { Value } from "../database";

/** `sql` is empty where all runs are meant. */
export interface RunFilter {
  sql: string;
  values: Value[];
}

export const runsIn = (seqs: readonly number[]): RunFilter => ({
  sql: "run IN (SELECT value FROM json_each(?))",
  values: [JSON.stringify(seqs)],
});

/** `WHERE` with all of these conditions; empty ones hold. */
export function where(...conditions: string[]): string {
  const given = conditions.filter((condition) => condition !== "");
  return given.length === 0 ? "" : `WHERE ${given.join(" AND ")}`;
}

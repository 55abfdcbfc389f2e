/** From a query's filters to SQL conditions on `runs r`. */
import { SCRATCH_MS } from "../domain/scratch";
import { IS_OWN_TAG } from "../domain/tags";
import type { RunQuery } from "./contract";
import type { Value } from "./database";
import { IS_REPEAT } from "./repeats";

export interface Condition {
  sql: string;
  values: Value[];
}

/** The runs that the query asks for, without its order and page. */
export function runCondition(query: RunQuery): Condition {
  const parts: string[] = [query.deleted ? "r.deleted IS NOT NULL" : "r.deleted IS NULL"];
  const values: Value[] = [];
  const add = (sql: string, ...more: Value[]) => {
    parts.push(sql);
    values.push(...more);
  };
  if (query.experiment !== undefined) {
    add("r.experiment = (SELECT id FROM experiments WHERE name = ?)", query.experiment);
  }
  if (query.status) add("r.status IN (SELECT value FROM json_each(?))", JSON.stringify(query.status));
  if (query.script !== undefined) add("r.script IS ?", query.script);
  if (query.parent === null) add(`(r.parent IS NULL OR NOT EXISTS (SELECT 1 FROM runs p WHERE ${LIVE_PARENT}))`);
  else if (query.parent !== undefined) add("r.parent = ?", query.parent);
  if (query.pinned !== undefined) add(query.pinned ? "r.pinned = 1" : "r.pinned = 0");
  if (query.inputs !== undefined) add("r.inputs = ?", Buffer.from(query.inputs, "hex"));
  if (query.startedBefore !== undefined) add("r.start_time < ?", query.startedBefore);
  if (query.scratch !== undefined) {
    const isScratch = query.scratchBefore === undefined ? IS_SCRATCH : `(r.start_time < ? AND ${IS_SCRATCH})`;
    add(
      query.scratch ? isScratch : `NOT ${isScratch}`,
      ...(query.scratchBefore === undefined ? [] : [query.scratchBefore]),
    );
  }
  for (const [key, value] of Object.entries(query.tags ?? {})) {
    if (value === null) add("NOT EXISTS (SELECT 1 FROM tags t WHERE t.run = r.seq AND t.key = ?)", key);
    else add("EXISTS (SELECT 1 FROM tags t WHERE t.run = r.seq AND t.key = ? AND t.value = ?)", key, value);
  }
  if (query.text) {
    const { sql, value } = textCondition(query.text);
    add(sql, ...Array(TEXT_PLACES).fill(value));
  }
  return { sql: parts.join(" AND "), values };
}

const LIVE_PARENT = "p.id = r.parent AND p.deleted IS NULL";

/** Whether `runs r` is a scratch run: see domain/scratch.ts. */
export const IS_SCRATCH = `(r.status != 'running' AND r.pinned = 0 AND r.note = ''
  AND NOT EXISTS (SELECT 1 FROM tags t WHERE t.run = r.seq AND t.${IS_OWN_TAG})
  AND NOT EXISTS (SELECT 1 FROM runs c WHERE c.parent = r.id AND c.deleted IS NULL)
  AND ((r.status != 'finished' AND r.end_time - r.start_time < ${SCRATCH_MS}) OR ${IS_REPEAT}))`;

const TEXT_PLACES = 5;

/** Case-insensitive substring. SQLite folds ASCII letters only; for others our own function, some ten times slower, does. */
function textCondition(text: string): { sql: string; value: string } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: "ASCII" is meant whole.
  const ascii = /^[\x00-\x7f]*$/.test(text);
  const has = (column: string) => (ascii ? `${column} LIKE ? ESCAPE '\\'` : `contains(${column}, ?)`);
  const sql = `(${has("r.name")} OR ${has("r.note")} OR ${has("r.script")}
    OR r.experiment IN (SELECT id FROM experiments e WHERE ${has("e.name")})
    OR EXISTS (SELECT 1 FROM tags t WHERE t.run = r.seq AND ${has("t.value")}))`;
  return { sql, value: ascii ? `%${text.replace(/[\\%_]/g, "\\$&")}%` : text.toLowerCase() };
}

/** The SQL function `contains(text, lower-case part)`. */
export function contains(text: unknown, part: unknown): number {
  return typeof text === "string" && text.toLowerCase().includes(String(part)) ? 1 : 0;
}

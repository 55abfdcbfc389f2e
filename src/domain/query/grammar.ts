/** The filter of the Runs table: MLflow's for runs, with `or` and parentheses, and more that can be named. */
import { type Filter, SearchError } from "../search/filter";
import { type Grammar, RUN_ENTITIES, RUN_WORDS, RUNS } from "../search/grammars";
import { parseFilter } from "../search/parseFilter";
import type { ColumnKey } from "../table/columns";

/** Columns of the source "run" and others that can be named without a source, by the name in filters. */
export const ATTRIBUTE_COLUMNS: Readonly<Record<string, ColumnKey>> = {
  run_name: { source: "run", key: "name" },
  name: { source: "run", key: "name" },
  experiment: { source: "run", key: "experiment" },
  status: { source: "run", key: "status" },
  start_time: { source: "run", key: "startTime" },
  end_time: { source: "run", key: "endTime" },
  duration: { source: "run", key: "duration" },
  pinned: { source: "run", key: "pinned" },
  note: { source: "run", key: "note" },
  script: { source: "run", key: "script" },
  command: { source: "run", key: "command" },
  exit_code: { source: "run", key: "exitCode" },
  inputs: { source: "run", key: "inputs" },
  gaps: { source: "run", key: "gaps" },
  warnings: { source: "run", key: "warnings" },
  branch: { source: "code", key: "branch" },
  commit: { source: "code", key: "commit" },
  head: { source: "code", key: "head" },
  python: { source: "environment", key: "python" },
  platform: { source: "environment", key: "platform" },
  cpu: { source: "environment", key: "cpu" },
  gpus: { source: "environment", key: "gpus" },
};

const NUMBERS = ["start_time", "end_time", "duration", "pinned", "exit_code", "gaps", "warnings"];

const attribute = (name: string) => ({
  type: NUMBERS.includes(name) ? ("number" as const) : ("text" as const),
  lists: !NUMBERS.includes(name),
});

export const TABLE: Grammar = {
  ...RUNS,
  entities: RUN_ENTITIES,
  attributes: {
    ...RUNS.attributes,
    ...Object.fromEntries(Object.keys(ATTRIBUTE_COLUMNS).map((name) => [name, attribute(name)])),
  },
  nullable: ["tag", "param", "metric"],
  numbers: ["param", "tag"],
  words: {
    ...RUN_WORDS,
    nulls: (_entity, key) => `IS NULL and IS NOT NULL are for metrics, params and tags, not for '${key}'.`,
  },
};

/** A filter by conditions, or by words that may stand anywhere in a run's texts. */
export type TableFilter = { kind: "conditions"; filter: Filter } | { kind: "words"; words: string[] };

const CONDITION = /[=<>!~()`'"]|\b(like|ilike|in|is)\b/i;

/** Null for a filter that is empty. Throws SearchError. */
export function parseTableFilter(text: string): TableFilter | null {
  if (text.trim() === "") return null;
  if (!CONDITION.test(text)) return { kind: "words", words: text.toLowerCase().trim().split(/\s+/) };
  try {
    return { kind: "conditions", filter: parseFilter(text.trim(), TABLE, { nested: true }) };
  } catch (error) {
    // A mountain of parentheses and the like.
    if (error instanceof RangeError) throw new SearchError("The filter is too long.");
    throw error;
  }
}

/** As a filter names it: "params.lr", "metrics.`val loss`". */
export function nameInFilter({ source, key }: ColumnKey): string | undefined {
  const attributeName = Object.keys(ATTRIBUTE_COLUMNS).find((name) => {
    const column = ATTRIBUTE_COLUMNS[name]!;
    return column.source === source && column.key === key;
  });
  if (attributeName) return attributeName;
  if (source !== "metric" && source !== "param" && source !== "tag") return undefined;
  if (/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(key)) return `${source}s.${key}`;
  if (!key.includes("`")) return `${source}s.\`${key}\``;
  // A name with both kinds of quotes cannot be written.
  return key.includes('"') ? undefined : `${source}s."${key}"`;
}

/** As a text in a filter; undefined for one that cannot be written. */
export function quoteInFilter(text: string): string | undefined {
  if (!text.includes("'")) return `'${text}'`;
  return text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

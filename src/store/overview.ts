/** What a store's runs can be grouped and sorted by, and how many there are of each. */
import { IS_OWN_TAG } from "../domain/tags";
import type { GroupKey, KeyNames, RunGroup, RunQuery } from "./contract";
import type { Database, Value } from "./database";
import { runCondition } from "./filter";

const PLAIN: Record<"experiment" | "status" | "script", string> = {
  experiment: "(SELECT name FROM experiments e WHERE e.id = r.experiment)",
  status: "r.status",
  script: "r.script",
};

/** Groups of the runs that `query` asks for (its order and page mean nothing here), the one used last first. */
export function listGroups(db: Database, by: GroupKey, query: RunQuery): RunGroup[] {
  const condition = runCondition(query);
  const { sql: value, values } = groupValue(by);
  const sql = `SELECT ${value} AS value, count(*) AS runs, sum(r.status = 'running') AS running,
      max(r.start_time) AS lastStart
    FROM runs r WHERE ${condition.sql} GROUP BY value ORDER BY lastStart DESC, value`;
  return db.read(() => db.all<RunGroup>(sql, ...values, ...condition.values)).map((row) => ({ ...row }));
}

function groupValue(by: GroupKey): { sql: string; values: Value[] } {
  if (!by.startsWith("tag:")) return { sql: PLAIN[by as keyof typeof PLAIN], values: [] };
  return { sql: "(SELECT t.value FROM tags t WHERE t.run = r.seq AND t.key = ?)", values: [by.slice("tag:".length)] };
}

/** Every name that some live run has, in alphabetical order. */
export function listKeys(db: Database): KeyNames {
  const live = "EXISTS (SELECT 1 FROM runs r WHERE r.seq = run AND r.deleted IS NULL)";
  const named = (table: "params" | "metrics") =>
    `SELECT name FROM names n WHERE EXISTS (SELECT 1 FROM ${table} WHERE key = n.id AND ${live}) ORDER BY name`;
  const names = (sql: string) => db.all<{ name: string }>(sql).map(({ name }) => name);
  return db.read(() => ({
    params: names(named("params")),
    metrics: names(named("metrics")),
    tags: names(`SELECT DISTINCT key AS name FROM tags WHERE ${live} AND ${IS_OWN_TAG} ORDER BY key`),
  }));
}

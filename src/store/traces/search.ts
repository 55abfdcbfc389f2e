/** Searching traces. */
import type { Database } from "../database";
import { conditionOf, type Target } from "../search/condition";
import { findPage } from "../search/findPage";
import { orderOf } from "../search/order";
import type { Trace, TraceSearch } from "./contract";
import { readTraces } from "./read";

const NAME_TAG = "mlflow.traceName";

const TARGET: Target = {
  attributes: {
    request_id: { sql: "t.id" },
    experiment_id: { sql: "t.experiment" },
    timestamp: { sql: "t.time" },
    execution_time: { sql: "t.duration", nullable: true },
    end_time: { sql: "(t.time + t.duration)", nullable: true },
    status: { sql: "t.state" },
    client_request_id: { sql: "nullif(t.content ->> '$.clientId', '')", nullable: true },
    name: {
      sql: `(SELECT n.value FROM trace_tags n WHERE n.trace = t.seq AND n.key = '${NAME_TAG}')`,
      nullable: true,
    },
    run_id: { table: "trace_runs", match: (alias) => `${alias}.trace = t.seq`, values: [], column: "run" },
  },
  parts: {
    tag: (key) => ({
      table: "trace_tags",
      match: (alias) => `${alias}.trace = t.seq AND ${alias}.key = ?`,
      values: [key],
      column: "value",
    }),
    // Metadata, which cannot change, is a trace's params.
    param: (key) => ({
      sql: "(SELECT m.value FROM json_each(t.content, '$.metadata') m WHERE m.key = ?)",
      values: [key],
      nullable: true,
    }),
  },
};

/** The newest first, unless told otherwise. Throws SearchError. */
export function searchTraces(db: Database, search: TraceSearch): { traces: Trace[]; next: string | null } {
  const { experiments, filter, order, limit, token } = search;
  const ties = [
    { entity: "attribute", key: "timestamp", descending: true },
    { entity: "attribute", key: "request_id", descending: false },
  ] as const;
  return db.read(() => {
    const { ids, next } = findPage<string>(db, {
      id: "t.id",
      from: "traces t",
      conditions: [
        { sql: "t.experiment IN (SELECT value FROM json_each(?))", values: [JSON.stringify(experiments)] },
        conditionOf(filter, TARGET),
      ],
      order: orderOf(order, ties, TARGET),
      limit,
      token,
    });
    return { traces: readTraces(db, ids), next };
  });
}

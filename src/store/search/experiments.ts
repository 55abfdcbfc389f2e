/** Searching experiments. */
import type { OrderTerm } from "../../domain/search/filter";
import type { Database } from "../database";
import type { TrackedExperiment } from "../tracking/contract";
import { readExperiments, secureDefault } from "../tracking/experiments";
import { conditionOf, type Target } from "./condition";
import type { ExperimentSearch } from "./contract";
import { findPage } from "./findPage";
import { orderOf } from "./order";

const TARGET: Target = {
  attributes: {
    name: { sql: "e.name" },
    // Compared with texts: an id that is no number is no experiment's.
    experiment_id: { sql: "CAST(e.id AS TEXT)" },
    // Its number, for the order.
    number: { sql: "e.id" },
    creation_time: { sql: "e.created" },
    last_update_time: { sql: "coalesce(e.updated, e.created)" },
  },
  parts: {
    tag: (key) => ({
      table: "experiment_tags",
      match: (alias) => `${alias}.experiment = e.id AND ${alias}.key = ?`,
      values: [key],
      column: "value",
    }),
  },
};

const NEWEST: OrderTerm[] = [{ entity: "attribute", key: "creation_time", descending: true }];

/** Throws SearchError. */
export function searchExperiments(
  db: Database,
  search: ExperimentSearch,
): { experiments: TrackedExperiment[]; next: string | null } {
  secureDefault(db);
  const asked = search.order.map((term) => (term.key === "experiment_id" ? { ...term, key: "number" } : term));
  const order = asked.length > 0 ? asked : NEWEST;
  const deleted = { active: "e.deleted IS NULL", deleted: "e.deleted IS NOT NULL", all: "1" }[search.view];
  return db.read(() => {
    const { ids, next } = findPage<number>(db, {
      id: "e.id",
      from: "experiments e",
      conditions: [{ sql: deleted, values: [] }, conditionOf(search.filter, TARGET)],
      order: orderOf(order, [{ entity: "attribute", key: "number", descending: asked.length > 0 }], TARGET),
      limit: search.limit,
      token: search.token,
    });
    return { experiments: experimentsByNumber(db, ids), next };
  });
}

/** In this order. */
function experimentsByNumber(db: Database, ids: readonly number[]): TrackedExperiment[] {
  const sql = `SELECT id, name, created, updated, deleted, artifact_location FROM experiments
    WHERE id IN (SELECT value FROM json_each(?))`;
  const found = new Map(readExperiments(db, db.all(sql, JSON.stringify(ids))).map((one) => [one.id, one]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

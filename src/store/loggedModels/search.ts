/** Searching logged models. */
import { comparisonsOf } from "../../domain/search/filter";
import type { Database, Value } from "../database";
import type { Condition } from "../filter";
import { conditionOf, type Target } from "../search/condition";
import { findPage } from "../search/findPage";
import { type Order, orderOf } from "../search/order";
import type { DatasetName, LoggedModel, LoggedModelSearch } from "./contract";
import { readModels } from "./read";

const TIES = [
  { entity: "attribute", key: "creation_timestamp", descending: true },
  { entity: "attribute", key: "model_id", descending: false },
] as const;

/** Throws SearchError. */
export function searchLoggedModels(
  db: Database,
  search: LoggedModelSearch,
): { models: LoggedModel[]; next: string | null } {
  const target = filterTarget(search.datasets);
  const experiments = {
    sql: "l.experiment IN (SELECT value FROM json_each(?))",
    values: [JSON.stringify(search.experiments)],
  };
  return db.read(() => {
    const { ids, next } = findPage<string>(db, {
      id: "l.id",
      from: "logged_models l",
      conditions: [
        { sql: "l.deleted IS NULL", values: [] },
        experiments,
        conditionOf(search.filter, target),
        ...onDatasets(search),
      ],
      order: modelOrder(search.order),
      limit: search.limit,
      token: search.token,
    });
    return { models: readModels(db, ids), next };
  });
}

/** Where no metric is asked for, any on these datasets. */
function onDatasets({ filter, datasets }: LoggedModelSearch): Condition[] {
  if (datasets.length === 0 || comparisonsOf(filter).some(({ entity }) => entity === "metric")) return [];
  const on = datasetSql("m", datasets);
  return [
    { sql: `EXISTS (SELECT 1 FROM logged_model_metrics m WHERE m.model = l.id AND ${on.sql})`, values: on.values },
  ];
}

function datasetSql(alias: string, datasets: readonly Partial<DatasetName>[]): Condition {
  const values: Value[] = [];
  const alternatives = datasets.map(({ name, digest }) => {
    const parts = ["1"];
    if (name !== undefined) {
      parts.push(`${alias}.dataset_name = ?`);
      values.push(name);
    }
    if (digest !== undefined) {
      parts.push(`${alias}.dataset_digest = ?`);
      values.push(digest);
    }
    return parts.join(" AND ");
  });
  return { sql: alternatives.length > 0 ? `(${alternatives.join(" OR ")})` : "1", values };
}

const ATTRIBUTES: Target["attributes"] = {
  model_id: { sql: "l.id" },
  name: { sql: "l.name" },
  model_type: { sql: "l.type" },
  status: { sql: "l.status" },
  source_run_id: { sql: "l.run", nullable: true },
  experiment_id: { sql: "CAST(l.experiment AS TEXT)" },
  creation_timestamp: { sql: "l.created" },
  last_updated_timestamp: { sql: "l.updated" },
};

function filterTarget(datasets: readonly DatasetName[]): Target {
  const texts = (table: string) => (key: string) => ({
    table,
    match: (alias: string) => `${alias}.model = l.seq AND ${alias}.key = ?`,
    values: [key],
    column: "value",
  });
  return {
    attributes: ATTRIBUTES,
    parts: {
      metric: (key) => ({
        table: "logged_model_metrics",
        match: (alias) => `${alias}.model = l.id AND ${alias}.key = ? AND ${datasetSql(alias, datasets).sql}`,
        values: [key, ...datasetSql("", datasets).values],
        column: "value",
        nan: true,
      }),
      param: texts("logged_model_params"),
      tag: texts("logged_model_tags"),
    },
  };
}

function modelOrder(terms: LoggedModelSearch["order"]): Order {
  const orders = terms.map((term) => orderOf([term], [], orderTarget(term.dataset)));
  const isAsked = (key: string) => terms.some((term) => term.entity === "attribute" && term.key === key);
  orders.push(
    orderOf(
      TIES.filter(({ key }) => !isAsked(key)),
      [],
      orderTarget(),
    ),
  );
  return { joins: orders.flatMap(({ joins }) => joins), columns: orders.flatMap(({ columns }) => columns) };
}

/** Ordered by the latest value of a metric. */
function orderTarget(dataset: Partial<DatasetName> = {}): Target {
  const on = datasetSql("m", [dataset]);
  const latest = `(SELECT m.value FROM logged_model_metrics m WHERE m.model = l.id AND m.key = ? AND ${on.sql}
    ORDER BY m.time DESC, m.step DESC, m.run LIMIT 1)`;
  return {
    attributes: ATTRIBUTES,
    parts: { metric: (key) => ({ sql: latest, values: [key, ...on.values], nullable: true }) },
  };
}

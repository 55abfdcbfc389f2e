/** Searching runs as MLflow's clients see them. */
import type { OrderTerm } from "../../domain/search/filter";
import type { Database } from "../database";
import type { Condition } from "../filter";
import { findName } from "../names";
import { CLIENT_RUNS, CLIENT_STATUS } from "../tracking/clientRun";
import { sourceNumber } from "../tracking/log";
import { conditionOf, type Part, type Target } from "./condition";
import type { RunSearch, View } from "./contract";
import { type FoundPage, findPage } from "./findPage";
import { orderOf } from "./order";

/** Newest first, unless told otherwise. */
const TIES: OrderTerm[] = [
  { entity: "attribute", key: "start_time", descending: true },
  { entity: "attribute", key: "run_id", descending: false },
];

/** Ids of runs. Throws SearchError. */
export function searchRuns(db: Database, search: RunSearch): FoundPage<string> {
  const { experiments, view, filter, order, limit, token, artifacts } = search;
  return db.read(() => {
    const target = runTarget(db, artifacts);
    return findPage<string>(db, {
      id: "r.id",
      from: CLIENT_RUNS,
      // Newest first within an experiment is the order of an index: what is looked at early need not be all.
      row: isByIndex(experiments, order) ? undefined : "r.seq",
      conditions: [inExperiments(experiments), inView(view), conditionOf(filter, target)],
      order: orderOf(order, TIES, target),
      limit,
      token,
    });
  });
}

/** A run that a client asked for is where it was asked for, any other where the store has it. In the words of the index. */
function inExperiments(experiments: readonly number[] | null): Condition {
  if (experiments === null) return { sql: "1", values: [] };
  const sql = "coalesce(r.asked_experiment, r.experiment)";
  if (experiments.length === 1) return { sql: `${sql} = ?`, values: [experiments[0]!] };
  return { sql: `${sql} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(experiments)] };
}

function isByIndex(experiments: readonly number[] | null, [first, ...others]: readonly OrderTerm[]): boolean {
  const isNewestFirst = !first || (first.entity === "attribute" && first.key === "start_time" && first.descending);
  return experiments?.length === 1 && isNewestFirst && others.length === 0;
}

function inView(view: View): Condition {
  const sql = {
    active: "r.deleted IS NULL AND c.deleted IS NULL",
    deleted: "coalesce(c.deleted, r.deleted) IS NOT NULL",
    all: "1",
  };
  return { sql: sql[view], values: [] };
}

/** See `speaksForItself` of tracking/clientRun.ts. */
const OWN_WORD = `(c.status IS NOT NULL AND (r.status = 'running' OR c.status NOT IN ('RUNNING', 'SCHEDULED')))`;
const OUR_STATUS = Object.entries(CLIENT_STATUS).map(([ours, theirs]) => `WHEN '${ours}' THEN '${theirs}'`);

function runTarget(db: Database, { prefix, suffix }: RunSearch["artifacts"]): Target {
  return {
    attributes: {
      run_id: { sql: "r.id" },
      run_name: { sql: "r.name" },
      user_id: { sql: "coalesce(c.user, '')" },
      status: { sql: `iif(${OWN_WORD}, c.status, CASE r.status ${OUR_STATUS.join(" ")} END)` },
      start_time: { sql: "coalesce(r.asked_start, r.start_time)" },
      end_time: { sql: `iif(${OWN_WORD}, c.end_time, r.end_time)`, nullable: true },
      artifact_uri: {
        sql: "(coalesce(e.artifact_location || '/', ?) || r.id || iif(e.artifact_location IS NULL, ?, '/artifacts'))",
        values: [prefix, suffix],
      },
    },
    parts: {
      metric: (key) => metricPart(db, key),
      param: (key) => ({ ...named("params"), values: [findName(db, key) ?? -1] }),
      tag: tagPart,
      dataset: datasetPart,
    },
  };
}

const named = (table: string) => ({
  table,
  match: (alias: string) => `${alias}.run = r.seq AND ${alias}.key = ?`,
  column: "value",
});

/** Of a run that a client asked for only what clients have logged, as it sees the run. */
function metricPart(db: Database, key: string): Part {
  const source = sourceNumber(db) ?? -1;
  const shown = (alias: string) =>
    `(c.run IS NULL OR ${alias}.sources = '${source}' OR instr(',' || ${alias}.sources || ',', ',${source},') > 0)`;
  return {
    table: "metrics",
    // That of the primary key: the one by keys leads there in a second step.
    index: "sqlite_autoindex_metrics_1",
    match: (alias) => `${alias}.run = r.seq AND ${alias}.key = ? AND ${alias}.count > 0 AND ${shown(alias)}`,
    values: [findName(db, key) ?? -1],
    column: "last",
    nan: true,
  };
}

/** The two tags that are columns of the run. */
function tagPart(key: string): Part {
  if (key === "mlflow.runName") return { sql: "r.name" };
  if (key === "mlflow.note.content") return { sql: "nullif(r.note, '')", nullable: true };
  return { ...named("tags"), values: [key] };
}

/** What the dataset's use is for, a tag of the input. */
const CONTEXT = `(SELECT i.run, json_extract(t.value, '$[1]') AS value FROM dataset_inputs i, json_each(i.tags) t
  WHERE json_extract(t.value, '$[0]') = 'mlflow.data.context')`;

function datasetPart(key: string): Part {
  const column = key === "digest" ? "d.digest" : "d.name";
  const table = `(SELECT i.run, ${column} AS value FROM dataset_inputs i JOIN logged_datasets d ON d.id = i.dataset)`;
  return {
    table: key === "context" ? CONTEXT : table,
    match: (alias) => `${alias}.run = r.seq`,
    values: [],
    column: "value",
  };
}

/** What clients log: metrics, params and tags, in one transaction. */
import { maskValue } from "../../domain/secrets";
import { toStored } from "../chunks";
import type { Database } from "../database";
import { addWarnings, setTag, sortValue } from "../ingest";
import { appendPoints } from "../metrics";
import { findName, nameId } from "../names";
import { touchRun } from "../revision";
import { isGoing, needActiveRun, setOwnStatus } from "./clientRun";
import type { LoggedBatch, LoggedMetric } from "./contract";
import { Refusal } from "./refusal";

/** What points of ours say where they come from. */
export const SOURCE = "mlflow";
/** Tags that are columns of the run. */
const COLUMN_TAGS: Record<string, "name" | "note"> = { "mlflow.runName": "name", "mlflow.note.content": "note" };

/** See `TrackingStore.log`. */
export function log(db: Database, id: string, { metrics = [], params = [], tags = [] }: LoggedBatch): void {
  db.write(() => {
    const seq = writableRun(db, id);
    const wrong = params.flatMap(({ key, value }) => writeParam(db, seq, key, value) ?? []);
    if (wrong.length > 0) throw changedParams(id, wrong);
    if (metrics.length > 0) addMetrics(db, id, seq, metrics);
    writeTags(
      db,
      seq,
      tags.map(({ key, value }) => [key, value]),
    );
    touchRun(db, seq);
  });
}

/** The same for a param by itself, of which MLflow says in other words that it cannot change. */
export function logParam(db: Database, id: string, key: string, value: string): void {
  db.write(() => {
    const seq = writableRun(db, id);
    const changed = writeParam(db, seq, key, value);
    if (changed) {
      throw new Refusal(
        "INVALID_PARAMETER_VALUE",
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${changed.old}' for run ID='${id}'. Attempted logging new value '${changed.value}'.`,
      );
    }
    touchRun(db, seq);
  });
}

/** The number of a run that takes what is logged. One that was given up as lost, as its server had ended, goes on. */
function writableRun(db: Database, id: string): number {
  const row = needActiveRun(db, id);
  const given = row.owned === 1 && row.status === "lost" && row.client_status !== null && isGoing(row.client_status);
  if (given) setOwnStatus(db, row.seq, "RUNNING", 0);
  return row.seq;
}

interface ChangedParam {
  key: string;
  old: string;
  value: string;
}

/** A param that a client logged stays as it is: gives what would change. What was only read elsewhere gives way. */
function writeParam(db: Database, seq: number, key: string, unmasked: string): ChangedParam | undefined {
  const value = maskValue(key, unmasked);
  const name = nameId(db, key);
  const sql = "SELECT value FROM params WHERE run = ? AND key = ? AND client = 1";
  const there = db.get<{ value: string }>(sql, seq, name);
  if (there) return there.value === value ? undefined : { key, old: there.value, value };
  db.run("INSERT OR REPLACE INTO params VALUES (?, ?, ?, ?, 1)", seq, name, value, sortValue(value));
  return undefined;
}

function changedParams(id: string, params: ChangedParam[]): Refusal {
  const list = params.map(({ key, old, value }) => {
    return `{'key': ${quote(key)}, 'old_value': ${quote(old)}, 'new_value': ${quote(value)}}`;
  });
  return new Refusal(
    "INVALID_PARAMETER_VALUE",
    `Changing param values is not allowed. Params were already logged='[${list.join(", ")}]' for run ID='${id}'.`,
  );
}

/** As Python shows a text. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  return mark + text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(mark, `\\${mark}`) + mark;
}

function addMetrics(db: Database, id: string, seq: number, metrics: LoggedMetric[]): void {
  const rounded = metrics.find(({ step }) => !Number.isSafeInteger(step));
  if (rounded) {
    const { key } = rounded;
    addWarnings(db, seq, [
      `Steps of the metric ${key} are beyond 2^53, and are kept as the nearest that a double can be.`,
    ]);
  }
  addWarnings(db, seq, appendPoints(db, seq, SOURCE, metrics));
  for (const metric of metrics) if (metric.model) addModelMetric(db, id, metric.model, metric);
}

/** What is sent again counts once, NaN too. */
function addModelMetric(
  db: Database,
  run: string,
  model: string,
  { key, value, time, step, dataset }: LoggedMetric,
): void {
  db.run(
    "INSERT OR IGNORE INTO logged_model_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    model,
    key,
    step,
    time,
    toStored(value),
    run,
    dataset?.name ?? "",
    dataset?.digest ?? "",
  );
}

/** Inside a write only. */
export function writeTags(db: Database, seq: number, tags: Iterable<readonly [string, string]>): void {
  for (const [key, value] of tags) {
    const column = Object.hasOwn(COLUMN_TAGS, key) ? COLUMN_TAGS[key] : undefined;
    if (!column) setTag(db, seq, key, maskValue(key, value));
    // A run without a name cannot be told from others.
    else if (column === "note" || value.trim() !== "") {
      db.run(`UPDATE runs SET ${column} = ? WHERE seq = ?`, column === "name" ? value.trim() : value, seq);
    }
  }
}

export function deleteTag(db: Database, id: string, key: string): void {
  db.write(() => {
    const { seq, note } = needActiveRun(db, id);
    const gone =
      COLUMN_TAGS[key] === "note"
        ? note !== "" && db.run("UPDATE runs SET note = '' WHERE seq = ?", seq) > 0
        : COLUMN_TAGS[key] === "name" || db.run("DELETE FROM tags WHERE run = ? AND key = ?", seq, key) > 0;
    if (!gone) throw new Refusal("RESOURCE_DOES_NOT_EXIST", `No tag with name: ${key} in run with id ${id}`);
    touchRun(db, seq);
  });
}

/** The number of our source in lists of sources; undefined before the first metric. */
export function sourceNumber(db: Database): number | undefined {
  return findName(db, SOURCE);
}

/** Traces: kept, found, deleted. */
import { maskText, maskValue } from "../../domain/secrets";
import type { Database } from "../database";
import { need, secureDefault } from "../tracking/experiments";
import { Refusal } from "../tracking/refusal";
import type { Trace, TraceStore } from "./contract";
import { readTraces, type TraceContent } from "./read";
import { searchTraces } from "./search";

/** The run that a trace was made in. */
const RUN_KEY = "mlflow.sourceRun";

export function makeTraces(db: Database): TraceStore {
  return {
    put: (trace) => putTrace(db, trace),
    get: (ids) => db.read(() => readTraces(db, ids)),
    setTag: (id, key, value) => setTag(db, id, key, value),
    link: (ids, run) => linkTraces(db, ids, run),
    delete: (experiment, which) => deleteTraces(db, experiment, which),
    search: (search) => searchTraces(db, search),
  };
}

function putTrace(db: Database, trace: Trace): Trace {
  const { id, experiment, time, duration, state, tags, clientId, request, response, metadata, assessments } = trace;
  const content: TraceContent = {
    clientId,
    request: maskText(request),
    response: maskText(response),
    metadata,
    assessments,
  };
  return db.write(() => {
    if (experiment === 0) secureDefault(db);
    if (need(db, experiment).deleted !== null) {
      const message = `The experiment ${experiment} must be in the 'active' state. Current state is deleted.`;
      throw new Refusal("INVALID_PARAMETER_VALUE", message);
    }
    const { seq } = db.get<{ seq: number }>(
      `INSERT INTO traces (id, experiment, run, time, duration, state, content) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET experiment = excluded.experiment, run = excluded.run, time = excluded.time,
        duration = excluded.duration, state = excluded.state, content = excluded.content RETURNING seq`,
      id,
      experiment,
      metadata[RUN_KEY] ?? null,
      time,
      duration,
      state,
      JSON.stringify(content),
    )!;
    if (metadata[RUN_KEY]) db.run("INSERT OR IGNORE INTO trace_runs VALUES (?, ?)", seq, metadata[RUN_KEY]);
    for (const [key, value] of Object.entries(tags)) writeTag(db, seq, key, value);
    return readTraces(db, [id])[0]!;
  });
}

function needTrace(db: Database, id: string): number {
  const row = db.get<{ seq: number }>("SELECT seq FROM traces WHERE id = ?", id);
  if (!row) throw new Refusal("RESOURCE_DOES_NOT_EXIST", `Trace with ID '${id}' not found.`);
  return row.seq;
}

function setTag(db: Database, id: string, key: string, value: string | null): void {
  db.write(() => {
    const seq = needTrace(db, id);
    if (value !== null) return writeTag(db, seq, key, value);
    if (db.run("DELETE FROM trace_tags WHERE trace = ? AND key = ?", seq, key) === 0) {
      throw new Refusal("RESOURCE_DOES_NOT_EXIST", `No trace tag with key '${key}' for trace with ID '${id}'`);
    }
  });
}

function writeTag(db: Database, seq: number, key: string, value: string): void {
  const sql = "INSERT INTO trace_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  db.run(sql, seq, key, maskValue(key, value));
}

function linkTraces(db: Database, ids: readonly string[], run: string): void {
  db.write(() => {
    for (const id of ids) db.run("INSERT OR IGNORE INTO trace_runs VALUES (?, ?)", needTrace(db, id), run);
  });
}

function deleteTraces(db: Database, experiment: number, which: Parameters<TraceStore["delete"]>[1]): number {
  return db.write(() => {
    if ("ids" in which) {
      const sql = "DELETE FROM traces WHERE experiment = ? AND id IN (SELECT value FROM json_each(?))";
      return db.run(sql, experiment, JSON.stringify(which.ids));
    }
    const oldest = "SELECT seq FROM traces WHERE experiment = ? AND time <= ? ORDER BY time, seq LIMIT ?";
    return db.run(`DELETE FROM traces WHERE seq IN (${oldest})`, experiment, which.until, which.most ?? -1);
  });
}

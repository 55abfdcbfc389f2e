/** Traces with their tags, many at once. */
import type { Database } from "../database";
import type { Trace, TraceState } from "./contract";

/** What has no column of its own. */
export type TraceContent = Pick<Trace, "clientId" | "request" | "response" | "metadata" | "assessments">;

interface TraceRow {
  seq: number;
  id: string;
  experiment: number;
  time: number;
  duration: number | null;
  state: TraceState;
  content: string;
}

/** In this order; unknown ids are left out. Inside a read or a write. */
export function readTraces(db: Database, ids: readonly string[]): Trace[] {
  const rows = db.all<TraceRow>(
    `SELECT seq, id, experiment, time, duration, state, content FROM traces
    WHERE id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
  const list = JSON.stringify(rows.map(({ seq }) => seq));
  const tags = new Map(rows.map(({ seq }) => [seq, [] as [string, string][]]));
  const sql = "SELECT trace, key, value FROM trace_tags WHERE trace IN (SELECT value FROM json_each(?))";
  for (const { trace, key, value } of db.all<{ trace: number; key: string; value: string }>(sql, list)) {
    tags.get(trace)!.push([key, value]);
  }
  const byId = new Map(
    rows.map(({ seq, content, ...row }): [string, Trace] => [
      row.id,
      { ...row, ...(JSON.parse(content) as TraceContent), tags: Object.fromEntries(tags.get(seq)!) },
    ]),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Lists of runs and experiments, a page at a time. */
import type { ExperimentSummary, RunPage, RunQuery } from "./contract";
import { type Place, readCursor, writeCursor } from "./cursor";
import type { Database, Value } from "./database";
import { type Condition, runCondition } from "./filter";
import { type Phase, phasesOf } from "./order";
import { pageLimit } from "./page";
import { readSummaries } from "./summaries";

interface Found {
  seq: number;
  value: string | number;
}

export function listRuns(db: Database, query: RunQuery): RunPage {
  const sort = query.sort ?? { key: "startTime", descending: true };
  const order = `${sort.key} ${sort.descending}`;
  const after = query.cursor === undefined ? null : readCursor(order, query.cursor);
  const limit = pageLimit(query.limit);
  return db.read(() => {
    const condition = runCondition(query);
    // One more than asked for tells whether there is a next page.
    const places = findPlaces(db, phasesOf(db, sort), condition, limit + 1, after);
    const page = places.slice(0, limit);
    const runs = readSummaries(
      db,
      page.map((place) => place.seq),
    );
    const next = places.length > limit ? writeCursor(order, page.at(-1)!) : null;
    return { runs, next, total: countRuns(db, condition) };
  });
}

function countRuns(db: Database, { sql, values }: Condition): number {
  return db.get<{ total: number }>(`SELECT count(*) AS total FROM runs r WHERE ${sql}`, ...values)!.total;
}

function findPlaces(db: Database, phases: Phase[], condition: Condition, limit: number, after: Place | null): Place[] {
  const places: Place[] = [];
  for (const [index, phase] of phases.entries()) {
    if (places.length >= limit || index < (after?.phase ?? 0)) continue;
    const from = after?.phase === index ? after : null;
    const rows = findInPhase(db, phase, condition, limit - places.length, from);
    for (const row of rows) places.push({ phase: index, ...row });
  }
  return places;
}

function findInPhase(db: Database, phase: Phase, condition: Condition, limit: number, after: Place | null): Found[] {
  const direction = phase.descending ? "DESC" : "ASC";
  const values: Value[] = [...phase.values, ...condition.values];
  let sql = `SELECT r.seq, ${phase.value} AS value FROM ${phase.from} WHERE ${phase.condition} AND ${condition.sql}`;
  if (after) {
    sql += ` AND (${phase.value}, r.seq) ${phase.descending ? "<" : ">"} (?, ?)`;
    values.push(after.value, after.seq);
  }
  sql += ` ORDER BY ${phase.value} ${direction}, r.seq ${direction} LIMIT ?`;
  return db.all<Found>(sql, ...values, limit);
}

/** Experiments that have runs, the one used last first. */
export function listExperiments(db: Database): ExperimentSummary[] {
  const sql = `SELECT e.name, a.runs, a.last_start, coalesce(b.running, 0) AS running
    FROM (SELECT experiment, count(*) AS runs, max(start_time) AS last_start FROM runs
      WHERE deleted IS NULL GROUP BY experiment) a
    JOIN experiments e ON e.id = a.experiment
    LEFT JOIN (SELECT experiment, count(*) AS running FROM runs
      WHERE status = 'running' AND deleted IS NULL GROUP BY experiment) b ON b.experiment = a.experiment
    ORDER BY a.last_start DESC, e.name`;
  const rows = db.read(() => db.all<{ name: string; runs: number; running: number; last_start: number }>(sql));
  return rows.map(({ name, runs, running, last_start }) => ({ name, runs, running, lastStart: last_start }));
}

/** Reading a prediction log: pages over its files, while it is being written. */
import { existsSync } from "node:fs";
import type { Prediction } from "../../domain/prediction";
import type { Database, Value } from "../../store/database";
import { openFile } from "../../store/openFile";
import { logFiles } from "./files";
import { lowestId } from "./id";

export interface PredictionQuery {
  version?: number;
  role?: Prediction["role"];
  /** Only those with a label. */
  labelled?: boolean;
  /** Ms since the epoch; `until` is not included. */
  since?: number;
  until?: number;
  /** Those before this id, as the page before ended with it; when the oldest come first, those after it. */
  from?: string;
  /** Default 100, at most 10,000. */
  limit?: number;
}

/** A page, the newest first. An empty page is the end. */
export function readPredictions(folder: string, query: PredictionQuery = {}): Prediction[] {
  return readNewest<Prediction>(folder, query, "*");
}

/** A prediction without what was asked and answered, which takes most of its room. */
export type PredictionOutline = Pick<Prediction, "id" | "time" | "role" | "version" | "status" | "latency">;

/** The same, for counting. */
export function readOutlines(folder: string, query: PredictionQuery = {}): PredictionOutline[] {
  return readNewest<PredictionOutline>(folder, query, "id, time, role, version, status, latency");
}

function readNewest<Row extends PredictionOutline>(folder: string, query: PredictionQuery, columns: string): Row[] {
  const limit = limitOf(query);
  const found: Row[] = [];
  for (const { path, start } of logFiles(folder).reverse()) {
    // What stands in older files was written before this one was begun.
    found.push(...select<Row>(path, query, "DESC", limit, columns));
    found.sort((one, other) => (one.id < other.id ? 1 : -1));
    found.length = Math.min(found.length, limit);
    if (found.length === limit && found.at(-1)!.time >= start + SLACK_MS) break;
  }
  return found;
}

/** The same, the oldest first, for export: page after page with `from` the last id of the page before. */
export function readOldest(folder: string, query: PredictionQuery = {}): Prediction[] {
  const limit = limitOf(query);
  const files = logFiles(folder);
  const found: Prediction[] = [];
  for (const [index, { path }] of files.entries()) {
    found.push(...select<Prediction>(path, query, "ASC", limit));
    found.sort((one, other) => (one.id > other.id ? 1 : -1));
    found.length = Math.min(found.length, limit);
    const next = files[index + 1];
    if (found.length === limit && next && found.at(-1)!.time < next.start - SLACK_MS) break;
  }
  return found;
}

export function countPredictions(folder: string, query: Omit<PredictionQuery, "limit" | "from"> = {}): number {
  const { where, values } = conditions(query, "DESC");
  let count = 0;
  for (const { path } of logFiles(folder)) {
    count +=
      within(path, (db) => db.get<{ n: number }>(`SELECT count(*) AS n FROM predictions ${where}`, ...values)!.n) ?? 0;
  }
  return count;
}

/** The one with this id, and the file that has it; null when it is not kept (any more). */
export function findPrediction(folder: string, id: string): { prediction: Prediction; path: string } | null {
  for (const { path } of filesWith(folder, id)) {
    const prediction = within(path, (db) => db.get<Prediction>("SELECT * FROM predictions WHERE id = ?", id));
    if (prediction) return { prediction: { ...prediction }, path };
  }
  return null;
}

/** The files that may have it: it was written after the time that its id begins with, and before long. */
export function filesWith(folder: string, id: string): { path: string }[] {
  const files = logFiles(folder);
  const newest = files.findLastIndex(({ start }) => lowestId(start - SLACK_MS) <= id);
  return files.slice(Math.max(0, newest - 1)).concat(files.slice(0, Math.max(0, newest - 1)).reverse());
}

/** A request may begin while one file is written, and be answered when the next is; clocks are set back at times. */
const SLACK_MS = 120_000;

function limitOf({ limit = 100 }: PredictionQuery): number {
  return Math.min(10_000, Math.max(1, Math.floor(limit)));
}

function select<Row extends object>(
  path: string,
  query: PredictionQuery,
  order: "ASC" | "DESC",
  limit: number,
  columns = "*",
): Row[] {
  const { where, values } = conditions(query, order);
  const sql = `SELECT ${columns} FROM predictions ${where} ORDER BY id ${order} LIMIT ${limit}`;
  return within(path, (db) => db.all<Row>(sql, ...values).map((row) => ({ ...row }))) ?? [];
}

function conditions(query: PredictionQuery, order: "ASC" | "DESC"): { where: string; values: Value[] } {
  const { version, role, labelled, since, until, from } = query;
  const parts: [sql: string, ...values: Value[]][] = [];
  if (version !== undefined) parts.push(["version = ?", version]);
  if (role !== undefined) parts.push(["role = ?", role]);
  if (labelled) parts.push(["labelled IS NOT NULL"]);
  if (since !== undefined) parts.push(["id >= ?", lowestId(since)]);
  if (until !== undefined) parts.push(["id < ?", lowestId(until)]);
  if (from !== undefined) parts.push([order === "DESC" ? "id < ?" : "id > ?", from]);
  if (parts.length === 0) return { where: "", values: [] };
  return {
    where: `WHERE ${parts.map(([sql]) => sql).join(" AND ")}`,
    values: parts.flatMap(([, ...values]) => values),
  };
}

/** Undefined: the file went away meanwhile, or was begun and has no table yet. */
function within<T>(path: string, read: (db: Database) => T): T | undefined {
  let db: Database;
  try {
    db = openFile(path, true);
  } catch (error) {
    if (!existsSync(path)) return undefined;
    throw error;
  }
  try {
    const isBegun = db.get("SELECT 1 FROM sqlite_master WHERE name = 'predictions'");
    return isBegun ? read(db) : undefined;
  } finally {
    db.close();
  }
}

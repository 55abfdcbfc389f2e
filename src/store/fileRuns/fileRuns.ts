/** Finds the runs that used a file, in whatever role, and what they came to. */
import { fromStored } from "../chunks";
import type { FileRole, PageOptions } from "../contract";
import type { Database, Value } from "../database";
import { findName, namesOf } from "../names";
import { readPage, takePage } from "../page";
import type { BestQuery, FileRun, FileRunPage, FileRunRole, FileRunStore, MetricValue } from "./contract";

const ALL_ROLES: readonly FileRunRole[] = ["script", "source", "config", "read", "write", "artifact"];

export function makeFileRuns(db: Database): FileRunStore {
  return {
    page: (path, options) => db.read(() => readRuns(db, path, options)),
    values: (runs, keys) => db.read(() => readValues(db, runs, keys)),
    best: (path, roles, query) => db.read(() => readBest(db, path, roles, query)),
  };
}

interface Row extends Omit<FileRun, "roles" | "sha256" | "exitCode" | "startTime" | "endTime"> {
  seq: number;
  exit_code: number | null;
  start_time: number;
  end_time: number | null;
}

function readRuns(
  db: Database,
  path: string,
  { roles = ALL_ROLES, ...page }: PageOptions & { roles?: readonly FileRunRole[] } = {},
): FileRunPage {
  const order = `runs of ${JSON.stringify([path, roles])}`;
  const { limit, after } = readPage(order, page);
  const used = usedBy(db, path, roles);
  const later = after ? "AND (r.start_time, r.seq) < (?, ?)" : "";
  const rows = db.all<Row>(
    `SELECT r.seq, r.id, r.name, e.name AS experiment, r.status, r.exit_code, r.signal, r.start_time, r.end_time
    FROM runs r JOIN experiments e ON e.id = r.experiment
    WHERE r.seq IN (${used.sql}) AND r.deleted IS NULL ${later}
    ORDER BY r.start_time DESC, r.seq DESC LIMIT ?`,
    ...used.values,
    ...(after ? [after.value, after.seq] : []),
    limit + 1,
  );
  const found = takePage(order, limit, rows, ({ seq, start_time }) => ({ seq, value: start_time }));
  const total = db.get<{ total: number }>(
    `SELECT count(*) AS total FROM runs r WHERE r.seq IN (${used.sql}) AND r.deleted IS NULL`,
    ...used.values,
  )!.total;
  const uses = readUses(db, path, found.rows);
  return { runs: found.rows.map((row) => toFileRun(row, uses.get(row.seq)!)), next: found.next, total };
}

/** Numbers of the runs, each as often as it used the file. */
function usedBy(db: Database, path: string, roles: readonly FileRunRole[]): { sql: string; values: Value[] } {
  const name = findName(db, path) ?? -1;
  const parts: string[] = ["SELECT 0 WHERE 0"];
  const values: Value[] = [];
  if (roles.includes("script")) {
    // With the condition of the index on scripts, which SQLite would else not use.
    parts.push("SELECT seq FROM runs WHERE script = ? AND script IS NOT NULL AND deleted IS NULL");
    values.push(path);
  }
  if (roles.includes("source")) {
    parts.push("SELECT run FROM sources WHERE path = ?");
    values.push(name);
  }
  const kinds = roles.filter((role) => role !== "script" && role !== "source");
  if (kinds.length > 0) {
    parts.push("SELECT run FROM files WHERE path = ? AND kind IN (SELECT value FROM json_each(?))");
    values.push(name, JSON.stringify(kinds));
  }
  return { sql: parts.join(" UNION ALL "), values };
}

type Uses = Pick<FileRun, "roles" | "sha256">;

function readUses(db: Database, path: string, runs: readonly Row[]): Map<number, Uses> {
  const list = JSON.stringify(runs.map(({ seq }) => seq));
  const name = findName(db, path) ?? -1;
  const uses = new Map<number, Uses>(runs.map(({ seq }) => [seq, { roles: [], sha256: null }]));
  const below = "WHERE path = ? AND run IN (SELECT value FROM json_each(?))";
  const scripts = "SELECT seq FROM runs WHERE script = ? AND seq IN (SELECT value FROM json_each(?))";
  for (const { seq } of db.all<{ seq: number }>(scripts, path, list)) uses.get(seq)!.roles.push("script");
  for (const { run } of db.all<{ run: number }>(`SELECT run FROM sources ${below}`, name, list)) {
    const { roles } = uses.get(run)!;
    // The script is one of its own sources.
    if (roles.length === 0) roles.push("source");
  }
  const files = db.all<{ run: number; kind: Exclude<FileRole, "cell">; sha256: Uint8Array | null }>(
    `SELECT run, kind, sha256 FROM files ${below} AND kind IN ('config', 'read', 'write', 'artifact')
    ORDER BY CASE kind WHEN 'config' THEN 0 WHEN 'read' THEN 1 WHEN 'write' THEN 2 ELSE 3 END`,
    name,
    list,
  );
  for (const { run, kind, sha256 } of files) {
    const use = uses.get(run)!;
    use.roles.push(kind);
    use.sha256 ??= sha256 && Buffer.from(sha256).toString("hex");
  }
  return uses;
}

function toFileRun({ seq, exit_code, start_time, end_time, ...row }: Row, uses: Uses): FileRun {
  return { ...row, exitCode: exit_code, startTime: start_time, endTime: end_time, ...uses };
}

function readValues(db: Database, runs: readonly string[], keys?: readonly string[]): MetricValue[] {
  const seqs = db.all<{ seq: number; id: string }>(
    "SELECT seq, id FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND deleted IS NULL",
    JSON.stringify(runs),
  );
  const ids = new Map(seqs.map(({ seq, id }) => [seq, id]));
  const wanted = keys?.flatMap((key) => findName(db, key) ?? []);
  const rows = db.all<{ run: number; key: number; last: number | null }>(
    `SELECT run, key, last FROM metrics WHERE run IN (SELECT value FROM json_each(?))
    ${wanted ? "AND key IN (SELECT value FROM json_each(?))" : ""}`,
    JSON.stringify([...ids.keys()]),
    ...(wanted ? [JSON.stringify(wanted)] : []),
  );
  const name = namesOf(
    db,
    rows.map(({ key }) => key),
  );
  return rows.map(({ run, key, last }) => ({ run: ids.get(run)!, key: name(key), value: fromStored(last) }));
}

function readBest(
  db: Database,
  path: string,
  roles: readonly FileRunRole[],
  { key, less }: BestQuery,
): MetricValue | null {
  const used = usedBy(db, path, roles);
  const row = db.get<{ id: string; last: number }>(
    `SELECT r.id, m.last FROM runs r JOIN metrics m ON m.run = r.seq AND m.key = ?
    WHERE r.seq IN (${used.sql}) AND r.deleted IS NULL AND r.status != 'running' AND m.last IS NOT NULL
    ORDER BY m.last ${less ? "ASC" : "DESC"}, r.start_time DESC LIMIT 1`,
    findName(db, key) ?? -1,
    ...used.values,
  );
  return row ? { run: row.id, key, value: row.last } : null;
}

/** Reading jobs, a page at a time. */
import { UserError } from "../../domain/errors";
import type { Job } from "../../domain/job";
import type { Database, Value } from "../database";
import { readPage, takePage } from "../page";
import type { ActiveJob, JobChanges, JobCount, JobPage, JobQuery } from "./contract";
import { followerOf, type JobRow, jobOf } from "./row";

/** More changed jobs than this are not listed one by one. */
const MANY = 1_000;
/** As many candidates are named. */
const SHOWN = 5;
const ORDER = "jobs";

export function getJob(db: Database, id: string): Job | null {
  return getJobs(db, [id])[0] ?? null;
}

export function getJobs(db: Database, ids: readonly string[]): Job[] {
  const rows = db.all<JobRow>("SELECT * FROM jobs WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []).map(jobOf);
}

/** The job that made the run last. */
export function jobOfRun(db: Database, run: string): Job | null {
  const row = db.get<JobRow>("SELECT * FROM jobs WHERE run = ? ORDER BY seq DESC LIMIT 1", run);
  return row ? jobOf(row) : null;
}

export function resolveJob(db: Database, reference: string): string {
  const typed = reference.trim();
  const hex = typed.toLowerCase();
  const find = (condition: string, ...values: Value[]) =>
    db.all<JobRow>(`SELECT * FROM jobs WHERE ${condition} ORDER BY seq DESC LIMIT ?`, ...values, SHOWN + 1);
  const byId = /^[0-9a-f]{4,32}$/.test(hex) ? find("id >= ? AND id < ?", hex, `${hex}g`) : [];
  const found = byId.length > 0 ? byId : find("name = ?", typed);
  if (found.length === 1) return found[0]!.id;
  if (found.length === 0) throw new UserError(`No job fits "${reference}". List the jobs with \`modeltrail jobs\`.`);
  const lines = found.slice(0, SHOWN).map(({ id, target, state }) => `  ${id}  ${state}  on ${target}`);
  throw new UserError(`"${reference}" means several jobs. Give the id of one:\n${lines.join("\n")}`);
}

export function listJobs(db: Database, query: JobQuery): JobPage {
  const { limit, after } = readPage(ORDER, query);
  const conditions: [sql: string, value: Value][] = [];
  const oneOf = (column: string, values: readonly string[] | undefined) => {
    if (values) conditions.push([`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values)]);
  };
  oneOf("state", query.states);
  oneOf("outcome", query.outcomes);
  for (const column of ["target", "sweep", "run"] as const) {
    const value = query[column];
    if (value !== undefined) conditions.push([`${column} = ?`, value]);
  }
  const where = ["1", ...conditions.map(([sql]) => sql)].join(" AND ");
  const values = conditions.map(([, value]) => value);
  return db.read(() => {
    const { total } = db.get<{ total: number }>(`SELECT count(*) AS total FROM jobs WHERE ${where}`, ...values)!;
    const rows = db.all<JobRow>(
      `SELECT * FROM jobs WHERE ${where} AND seq < ? ORDER BY seq DESC LIMIT ?`,
      ...values,
      after?.seq ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    );
    const page = takePage(ORDER, limit, rows, ({ seq }) => ({ value: seq, seq }));
    return { jobs: page.rows.map(jobOf), next: page.next, total };
  });
}

export function countJobs(db: Database): JobCount[] {
  return db.all<JobCount>(
    "SELECT target, state, count(*) AS count FROM jobs GROUP BY target, state ORDER BY target, state",
  );
}

export function jobChanges(db: Database, revision: number): JobChanges {
  return db.read(() => {
    const { revision: now, freed } = db.get<{ revision: number; freed: number }>("SELECT revision, freed FROM state")!;
    if (now === revision) return { revision: now, jobs: [], all: false };
    const sql = "SELECT id FROM jobs WHERE revision > ? ORDER BY revision LIMIT ?";
    const jobs = db.all<{ id: string }>(sql, revision, MANY + 1).map(({ id }) => id);
    // A revision from the future was given by another database; with freed runs their jobs went.
    const all = jobs.length > MANY || now < revision || freed > revision;
    return { revision: now, jobs: all ? [] : jobs, all };
  });
}

export function queuedJobs(db: Database, target: string, limit: number): Job[] {
  const sql = "SELECT * FROM jobs WHERE target = ? AND state = 'queued' ORDER BY priority DESC, seq LIMIT ?";
  return db.all<JobRow>(sql, target, limit).map(jobOf);
}

export function queuedTargets(db: Database): string[] {
  const sql = "SELECT DISTINCT target FROM jobs WHERE state = 'queued' ORDER BY target";
  return db.all<{ target: string }>(sql).map(({ target }) => target);
}

export function activeJobs(db: Database): ActiveJob[] {
  const sql =
    "SELECT * FROM jobs WHERE state IN ('starting', 'waiting', 'running', 'collecting') ORDER BY priority DESC, seq";
  return db.all<JobRow>(sql).map((row) => ({ job: jobOf(row), follower: followerOf(row) }));
}

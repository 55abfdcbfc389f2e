/** Keeps sweeps and their trials. */
import { UserError } from "../../domain/errors";
import type { Sweep, SweepState, Trial, TrialParams, TrialState } from "../../domain/sweep";
import type { PageOptions, ProcessIdentity } from "../contract";
import type { Database } from "../database";
import { readPage, takePage } from "../page";
import { nextRevision } from "../revision";
import { newRunId } from "../runs";
import type { SweepCounts, SweepPage, SweepStore } from "./contract";

interface SweepRow {
  seq: number;
  id: string;
  name: string;
  spec: string;
  cwd: string;
  state: SweepState;
  reason: string | null;
  created: number;
  ended: number | null;
}

interface TrialRow {
  number: number;
  params: string;
  state: TrialState;
  job: string | null;
  value: number | null;
}

const MANY_TRIALS = 1_000;

export function makeSweeps(db: Database): SweepStore {
  return {
    create: (sweep) => create(db, sweep),
    resolve: (text) => resolve(db, text),
    list: (options) => list(db, options),
    driver(id) {
      const row = db.get<{ driver: string | null }>("SELECT driver FROM sweeps WHERE id = ?", id);
      return row?.driver ? (JSON.parse(row.driver) as ProcessIdentity) : null;
    },
    claim(id, from, driver) {
      const sql = "UPDATE sweeps SET driver = ? WHERE id = ? AND driver IS ?";
      return db.write(() => db.run(sql, JSON.stringify(driver), id, from && JSON.stringify(from)) > 0);
    },
    changeState(id, from, to, reason) {
      const sql = `UPDATE sweeps SET state = ?, reason = ?, ended = ? WHERE id = ? AND state IN (${places(from)})`;
      return db.write(() => {
        nextRevision(db);
        return db.run(sql, to, reason, to === "ended" ? Date.now() : null, id, ...from) > 0;
      });
    },
    setSpec(id, spec) {
      db.write(() => db.run("UPDATE sweeps SET spec = ? WHERE id = ?", JSON.stringify(spec), id));
    },
    trials: (id, options) => trials(db, id, options),
    counts: (id) => counts(db, id),
    best(id, direction) {
      const order = direction === "minimize" ? "ASC" : "DESC";
      const sql = `SELECT * FROM trials WHERE sweep = ${SEQ} AND state = 'complete' AND value IS NOT NULL
        ORDER BY value ${order}, number LIMIT 1`;
      const row = db.get<TrialRow>(sql, id);
      return row ? toTrial(row) : null;
    },
    addTrial(id, number, params) {
      const sql = `INSERT OR IGNORE INTO trials (sweep, number, params, state) VALUES (${SEQ}, ?, ?, 'waiting')`;
      db.write(() => {
        nextRevision(db);
        db.run(sql, id, number, JSON.stringify(params));
      });
    },
    startTrial(id, number, makeJob) {
      const sql = `UPDATE trials SET state = 'running', job = ?2 WHERE sweep = ${SEQ} AND number = ?3`;
      return db.write(() => {
        const job = makeJob();
        db.run(sql, id, job, number);
        return job;
      });
    },
    endTrial(id, number, state, value) {
      const sql = `UPDATE trials SET state = ?2, value = ?3 WHERE sweep = ${SEQ} AND number = ?4`;
      db.write(() => {
        nextRevision(db);
        db.run(sql, id, state, value, number);
      });
    },
  };
}

/** The sweep with the id that is the first value of a statement. */
const SEQ = "(SELECT seq FROM sweeps WHERE id = ?1)";

function create(db: Database, { name, spec, cwd }: Pick<Sweep, "name" | "spec" | "cwd">): Sweep {
  const id = newRunId();
  return db.write(() => {
    nextRevision(db);
    const sql = "INSERT INTO sweeps (id, name, spec, cwd, state, created) VALUES (?, ?, ?, ?, 'running', ?)";
    db.run(sql, id, freeName(db, name), JSON.stringify(spec), cwd, Date.now());
    return toSweep(db.get<SweepRow>("SELECT * FROM sweeps WHERE id = ?", id)!);
  });
}

function freeName(db: Database, name: string): string {
  const isTaken = (candidate: string) => db.get("SELECT 1 FROM sweeps WHERE name = ?", candidate) !== undefined;
  let candidate = name;
  for (let count = 2; isTaken(candidate); count++) candidate = `${name}-${count}`;
  return candidate;
}

function resolve(db: Database, text: string): Sweep {
  const sql = "SELECT * FROM sweeps WHERE name = ?1 OR substr(id, 1, length(?1)) = ?1 ORDER BY name <> ?1 LIMIT 2";
  const [first, second] = db.all<SweepRow>(sql, text);
  if (!first) throw new UserError(`There is no sweep "${text}". \`modeltrail sweep ls\` lists them.`);
  if (second && first.name !== text) throw new UserError(`Several sweeps begin with "${text}". Give more of the id.`);
  return toSweep(first);
}

function list(db: Database, options: PageOptions = {}): SweepPage {
  const order = "sweeps";
  const { limit, after } = readPage(order, options);
  return db.read(() => {
    const sql = "SELECT * FROM sweeps WHERE seq < ? ORDER BY seq DESC LIMIT ?";
    const rows = db.all<SweepRow>(sql, after?.seq ?? Number.MAX_SAFE_INTEGER, limit + 1);
    const page = takePage(order, limit, rows, ({ seq }) => ({ seq, value: seq }));
    const { total } = db.get<{ total: number }>("SELECT count(*) AS total FROM sweeps")!;
    return { sweeps: page.rows.map(toSweep), next: page.next, total };
  });
}

function trials(db: Database, id: string, options: Parameters<SweepStore["trials"]>[1] = {}): Trial[] {
  const { after = -1, limit = MANY_TRIALS, states } = options;
  const ofStates = states ? `AND state IN (${places(states)})` : "";
  const sql = `SELECT * FROM trials WHERE sweep = ${SEQ} AND number > ? ${ofStates} ORDER BY number LIMIT ?`;
  return db.all<TrialRow>(sql, id, after, ...(states ?? []), limit).map(toTrial);
}

function counts(db: Database, id: string): SweepCounts {
  const sql = `SELECT state, count(*) AS count FROM trials WHERE sweep = ${SEQ} GROUP BY state`;
  const found = { waiting: 0, running: 0, complete: 0, pruned: 0, failed: 0 };
  for (const { state, count } of db.all<{ state: TrialState; count: number }>(sql, id)) found[state] = count;
  return { ...found, total: Object.values(found).reduce((sum, count) => sum + count, 0) };
}

const places = (values: readonly unknown[]) => values.map(() => "?").join(", ");

function toSweep({ seq: _, spec, ...row }: SweepRow): Sweep {
  const { id, name, cwd, state, reason, created, ended } = row;
  return { id, name, spec: JSON.parse(spec) as Sweep["spec"], cwd, state, reason, created, ended };
}

function toTrial({ number, params, state, job, value }: TrialRow): Trial {
  return { number, params: JSON.parse(params) as TrialParams, state, job, value };
}

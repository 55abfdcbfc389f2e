/** The store's deployments and their rollouts. */
import { randomBytes } from "node:crypto";
import type { Deployment, Rollout, RolloutOutcome, RolloutStep } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { ProcessIdentity } from "../contract";
import type { Database } from "../database";
import { isAlive } from "../process";
import { nextRevision } from "../revision";
import type { BegunRollout, DeploymentStore } from "./contract";

interface DeploymentRow {
  seq: number;
  name: string;
  model: string;
  target: string;
  routes: string;
  settings: string | null;
  handle: string | null;
  served: string | null;
  seen: number | null;
  created: number;
  revision: number;
}

interface RolloutRow {
  seq: number;
  id: string;
  deployment: number;
  name: string;
  kind: Rollout["kind"];
  routes: string;
  settings: string | null;
  actor: string;
  process: string;
  steps: string;
  outcome: RolloutOutcome | null;
  reason: string | null;
  started: number;
  ended: number | null;
}

const ROLLOUTS = "SELECT r.*, d.name FROM rollouts r JOIN deployments d ON d.seq = r.deployment";
const DEFAULT_ROLLOUTS = 100;
/** Rollouts whose bundles are kept for going back to. */
const KEPT_ROLLOUTS = 20;

export function makeDeployments(db: Database): DeploymentStore {
  return {
    list: () => db.all<DeploymentRow>("SELECT * FROM deployments ORDER BY name").map(deploymentOf),
    get: (name) => getDeployment(db, name),
    ensure: (deployment) => ensure(db, deployment),
    remove: (name) => remove(db, name),
    begin: (rollout, by) => begin(db, rollout, by),
    setRoutes: (rollout, routes) =>
      db.write(() => {
        const row = needRollout(db, rollout);
        db.run("UPDATE rollouts SET routes = ? WHERE id = ?", JSON.stringify(routes), rollout);
        change(db, row.name, "name = name");
      }),
    step: (rollout, step) => writeStep(db, rollout, step),
    end: (rollout, outcome, reason) => end(db, rollout, outcome, reason),
    rollout(id) {
      const row = db.get<RolloutRow>(`${ROLLOUTS} WHERE r.id = ?`, id);
      return row ? rolloutOf(row) : null;
    },
    rollouts: (deployment, { limit = DEFAULT_ROLLOUTS, before } = {}) =>
      db
        .all<RolloutRow>(
          `${ROLLOUTS} WHERE d.name = ? AND r.seq < coalesce((SELECT seq FROM rollouts WHERE id = ?), 1e18)
          ORDER BY r.seq DESC LIMIT ?`,
          deployment,
          before ?? null,
          limit,
        )
        .map(rolloutOf),
    current(deployment) {
      const row = openRollout(db, deployment);
      return row ? { rollout: rolloutOf(row), alive: isAlive(processOf(row)) } : null;
    },
    setHandle: (name, handle) => change(db, name, "handle = ?", JSON.stringify(handle)),
    saw: (name, served) => saw(db, name, JSON.stringify(served)),
    changesSince: (revision) =>
      db.read(() => ({
        revision: db.get<{ revision: number }>("SELECT revision FROM state")!.revision,
        names: db
          .all<{ name: string }>("SELECT name FROM deployments WHERE revision > ? ORDER BY name", revision)
          .map(({ name }) => name),
        total: db.get<{ total: number }>("SELECT count(*) AS total FROM deployments")!.total,
      })),
    bundles: () => bundles(db),
  };
}

function getDeployment(db: Database, name: string): Deployment | null {
  const row = db.get<DeploymentRow>("SELECT * FROM deployments WHERE name = ?", name);
  return row ? deploymentOf(row) : null;
}

/** Throws UserError when there is none. */
function need(db: Database, name: string): DeploymentRow {
  const row = db.get<DeploymentRow>("SELECT * FROM deployments WHERE name = ?", name);
  if (row) return row;
  throw new UserError(`There is no deployment "${name}". \`modeltrail deployments\` lists those there are.`);
}

function ensure(db: Database, { name, model, target }: Pick<Deployment, "name" | "model" | "target">): Deployment {
  return db.write(() => {
    const found = getDeployment(db, name);
    if (!found) {
      const sql =
        "INSERT INTO deployments (name, model, target, routes, created, revision) VALUES (?, ?, ?, '[]', ?, ?)";
      db.run(sql, name, model, target, Date.now(), nextRevision(db));
      return getDeployment(db, name)!;
    }
    if (found.model === model && found.target === target) return found;
    throw new UserError(
      `The deployment "${name}" is of the model ${found.model} on ${found.target}. Give this one another name, or undeploy and remove that one first: modeltrail deployments remove ${name}`,
    );
  });
}

function remove(db: Database, name: string): void {
  db.write(() => {
    const { seq, routes, handle } = need(db, name);
    const busy = openRollout(db, name);
    if (routes !== "[]" || (busy && isAlive(processOf(busy)))) {
      throw new UserError(`"${name}" is deployed. Undeploy it first: modeltrail deployments undeploy ${name}`);
    }
    // Of a first change that was killed, or could not be taken back: nobody else knows of it, and it may cost.
    if (handle !== null && JSON.parse(handle) !== null) {
      throw new UserError(
        `"${name}" may have left something on its target. Undeploy it first: modeltrail deployments undeploy ${name}`,
      );
    }
    db.run("DELETE FROM deployments WHERE seq = ?", seq);
    nextRevision(db);
  });
}

/** Changes columns of a deployment, which is stamped as changed. */
function change(db: Database, name: string, assignments: string, ...values: (string | number | null)[]): void {
  db.write(() => {
    need(db, name);
    db.run(`UPDATE deployments SET ${assignments}, revision = ? WHERE name = ?`, ...values, nextRevision(db), name);
  });
}

/** Looking is no change: who waits for changes is told only when what is seen is another. */
function saw(db: Database, name: string, served: string): void {
  db.write(() => {
    const now = Date.now();
    if (need(db, name).served === served) db.run("UPDATE deployments SET seen = ? WHERE name = ?", now, name);
    else change(db, name, "served = ?, seen = ?", served, now);
  });
}

function openRollout(db: Database, deployment: string): RolloutRow | undefined {
  return db.get<RolloutRow>(`${ROLLOUTS} WHERE d.name = ? AND r.outcome IS NULL`, deployment);
}

function begin(
  db: Database,
  { deployment, kind, routes, settings, actor }: BegunRollout,
  by: ProcessIdentity,
): Rollout {
  return db.write(() => {
    const { seq } = need(db, deployment);
    const other = openRollout(db, deployment);
    if (other && isAlive(processOf(other))) throw new UserError(busyText(other));
    if (other) finish(db, other, "failed", "the process that did it is gone");
    const id = randomBytes(16).toString("hex");
    db.run(
      `INSERT INTO rollouts (id, deployment, kind, routes, settings, actor, process, steps, started) VALUES (?, ?, ?, ?, ?, ?, ?, '[]', ?)`,
      id,
      seq,
      kind,
      JSON.stringify(routes),
      settings ? JSON.stringify(settings) : null,
      actor,
      JSON.stringify(by),
      Date.now(),
    );
    change(db, deployment, "name = name");
    return rolloutOf(db.get<RolloutRow>(`${ROLLOUTS} WHERE r.id = ?`, id)!);
  });
}

function busyText(row: RolloutRow): string {
  const { pid, host } = processOf(row);
  const since = new Date(row.started).toISOString().slice(0, 16).replace("T", " ");
  return `"${row.name}" is being changed by ${row.actor} (process ${pid} on ${host.split("/")[0]}, since ${since} UTC). Try again when that is over.`;
}

function writeStep(db: Database, id: string, { name, state, detail }: Pick<RolloutStep, "name" | "state" | "detail">) {
  db.write(() => {
    const row = needRollout(db, id);
    const steps = JSON.parse(row.steps) as RolloutStep[];
    const last = steps.findLast((step) => step.name === name && step.ended === null);
    const ended = state === "running" ? null : Date.now();
    if (last) Object.assign(last, { state, detail, ended });
    else steps.push({ name, state, detail, started: Date.now(), ended });
    db.run("UPDATE rollouts SET steps = ? WHERE id = ?", JSON.stringify(steps), id);
    change(db, row.name, "name = name");
  });
}

function needRollout(db: Database, id: string): RolloutRow {
  const row = db.get<RolloutRow>(`${ROLLOUTS} WHERE r.id = ? AND r.outcome IS NULL`, id);
  if (!row) throw new UserError("This change of the deployment was ended by another process.");
  return row;
}

function end(db: Database, id: string, outcome: RolloutOutcome, reason: string | null): void {
  db.write(() => {
    const row = needRollout(db, id);
    finish(db, row, outcome, reason);
    if (outcome === "live") change(db, row.name, "routes = ?, settings = ?", row.routes, row.settings);
    if (outcome === "stopped") change(db, row.name, "routes = ?, settings = NULL, handle = NULL", row.routes);
  });
}

/** Steps that still go on end as failed. */
function finish(db: Database, row: RolloutRow, outcome: RolloutOutcome, reason: string | null): void {
  const now = Date.now();
  const steps = (JSON.parse(row.steps) as RolloutStep[]).map((step) =>
    step.ended === null ? { ...step, state: "failed", ended: now } : step,
  );
  const sql = "UPDATE rollouts SET outcome = ?, reason = ?, steps = ?, ended = ? WHERE seq = ?";
  db.run(sql, outcome, reason, JSON.stringify(steps), now, row.seq);
  change(db, row.name, "name = name");
}

function bundles(db: Database): string[] {
  const rows = db.all<{ routes: string }>(
    `SELECT routes FROM deployments
    UNION ALL SELECT routes FROM rollouts WHERE outcome IS NULL
    UNION ALL SELECT routes FROM (
      SELECT routes, row_number() OVER (PARTITION BY deployment ORDER BY seq DESC) AS place FROM rollouts WHERE outcome = 'live'
    ) WHERE place <= ?`,
    KEPT_ROLLOUTS,
  );
  const routes = rows.flatMap((row) => JSON.parse(row.routes) as Deployment["routes"]);
  return [...new Set(routes.map(({ bundle }) => bundle))].sort();
}

function processOf(row: RolloutRow): ProcessIdentity {
  return JSON.parse(row.process) as ProcessIdentity;
}

function deploymentOf({ seq: _, routes, settings, handle, served, ...row }: DeploymentRow): Deployment {
  return {
    ...row,
    routes: JSON.parse(routes) as Deployment["routes"],
    settings: settings === null ? null : (JSON.parse(settings) as Deployment["settings"]),
    handle: handle === null ? null : (JSON.parse(handle) as unknown),
    served: served === null ? null : (JSON.parse(served) as Deployment["served"]),
  };
}

function rolloutOf(row: RolloutRow): Rollout {
  return {
    id: row.id,
    deployment: row.name,
    kind: row.kind,
    routes: JSON.parse(row.routes) as Rollout["routes"],
    actor: row.actor,
    steps: JSON.parse(row.steps) as RolloutStep[],
    outcome: row.outcome,
    reason: row.reason,
    started: row.started,
    ended: row.ended,
  };
}

/** What of the registry is served: deployments hold models by name and version. */
import type { Route } from "../../domain/deployment";
import type { ProcessIdentity } from "../contract";
import type { Database } from "../database";
import { isAlive } from "../process";
import { nextRevision } from "../revision";
import { Refusal } from "../tracking/refusal";

/** Names of the deployments that serve it, or are being changed to; version null: any of the model. */
export function servedBy(db: Database, model: string, version: number | null): string[] {
  const isIt = "r.value->>'model' = ?1 AND (?2 IS NULL OR r.value->>'version' = ?2)";
  const rows = db.all<{ name: string; process: string | null }>(
    `SELECT d.name, NULL AS process FROM deployments d, json_each(d.routes) r WHERE ${isIt}
    UNION SELECT d.name, o.process FROM rollouts o JOIN deployments d ON d.seq = o.deployment, json_each(o.routes) r
      WHERE o.outcome IS NULL AND ${isIt}
    ORDER BY 1`,
    model,
    version,
  );
  // A change whose process is gone comes to nothing.
  const real = rows.filter(({ process }) => process === null || isAlive(JSON.parse(process) as ProcessIdentity));
  return [...new Set(real.map(({ name }) => name))];
}

/** Inside a write. Throws Refusal when it is served; `why` that stands against it, and what to do. */
export function refuseServed(db: Database, model: string, version: number | null, why: string): void {
  const [name] = servedBy(db, model, version);
  if (name === undefined) return;
  const which =
    version === null ? `Registered Model (name=${model})` : `Model Version (name=${model}, version=${version})`;
  throw new Refusal("INVALID_STATE", `${which} is served by the deployment "${name}": ${why}`);
}

/** Deployments that serve nothing now, and what they served once, go by the new name. Inside a write. */
export function renameInDeployments(db: Database, name: string, newName: string): void {
  const idle = db.all<{ seq: number }>("SELECT seq FROM deployments WHERE model = ?", name);
  if (idle.length === 0) return;
  const revision = nextRevision(db);
  for (const { seq } of idle) {
    db.run("UPDATE deployments SET model = ?, revision = ? WHERE seq = ?", newName, revision, seq);
    for (const rollout of db.all<{ seq: number; routes: string }>(
      "SELECT seq, routes FROM rollouts WHERE deployment = ?",
      seq,
    )) {
      const routes = (JSON.parse(rollout.routes) as Route[]).map((route) =>
        route.model === name ? { ...route, model: newName } : route,
      );
      db.run("UPDATE rollouts SET routes = ? WHERE seq = ?", JSON.stringify(routes), rollout.seq);
    }
  }
}

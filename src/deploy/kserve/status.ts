/** How an InferenceService stands, as its cluster says. */
import type { Served, ServedState } from "../../domain/deployment";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { podsWith, worstOf } from "../cluster/pods";
import { CONTAINER } from "./manifest";
import { type Found, findRevision, findService, type Handle, podsOf } from "./objects";

export async function readStatus(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<Served> {
  const found = await findService(cluster, handle, signal);
  if (!found || found.isBeingRemoved) {
    const detail = `Nothing of it is in the namespace ${handle.namespace} any more: it was undeployed, or removed by somebody else.`;
    return { state: "gone", detail, endpoint: null, versions: [], traffic: null };
  }
  const versions = await versionsOf(cluster, handle, found, signal);
  const trouble = found.isReady ? null : await troubleOf(cluster, handle, found, signal);
  const state = stateOf(found, versions, trouble?.isHopeless ?? false);
  const detail = state === "live" ? null : (trouble?.text ?? found.said ?? "KServe is bringing it up.");
  return { state, detail, endpoint: found.url ?? handle.url, versions, traffic: null };
}

/** Those that get requests, and the newest, which may get none yet. */
async function versionsOf(
  cluster: Cluster,
  { namespace, champion }: Handle,
  { revisions }: Found,
  signal: AbortSignal,
): Promise<Served["versions"]> {
  const { traffic, latestReadyRevision, latestRolledoutRevision } = revisions;
  const shares = new Map<string, number>();
  for (const { revisionName = latestReadyRevision, percent = 0 } of traffic) {
    if (revisionName) shares.set(revisionName, (shares.get(revisionName) ?? 0) + percent);
  }
  const versions = await Promise.all(
    [...shares].map(async ([name, percent]) => {
      const isChampion = name === latestRolledoutRevision;
      const revision = await findRevision(cluster, namespace, name, signal);
      const version = revision?.version ?? (isChampion ? champion?.version : undefined) ?? 0;
      const role = isChampion ? ("champion" as const) : ("challenger" as const);
      return { version, role, percent, ready: revision?.fault === null };
    }),
  );
  return versions.sort((one, other) => one.role.localeCompare(other.role) * -1 || other.percent - one.percent);
}

async function troubleOf(cluster: Cluster, { namespace, champion }: Handle, { revisions }: Found, signal: AbortSignal) {
  const name = revisions.latestCreatedRevision;
  if (name === undefined) return null;
  const pods = await podsWith(cluster, namespace, podsOf(name), signal);
  return worstOf(pods, CONTAINER, { image: champion?.image ?? "of the newest version" });
}

function stateOf({ isReady }: Found, versions: Served["versions"], isHopeless: boolean): ServedState {
  if (isReady) return "live";
  if (versions.some(({ ready, percent }) => ready && percent > 0)) return "degraded";
  return isHopeless || versions.length > 0 ? "down" : "starting";
}

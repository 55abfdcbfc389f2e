/** Taking a deployment off a cluster, whatever of it is still there. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { servingPaths } from "../cluster/names";
import { findOwn, removeOwn } from "../cluster/ownObjects";
import { removeSecrets } from "../cluster/tokenSecret";
import { findServers, type Handle, ingressOf, serviceOf } from "./objects";

const LOOK_MS = 500;
/** What the cluster gets to notice that pods have ended. */
const SPARE_MS = 120_000;

/** Resolves when all of it is gone: what is just going would take what is deployed next with it. */
export async function undeploy(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<void> {
  const { namespace, host, secrets } = handle;
  await removeOwn(cluster, handle, serviceOf(handle).path, signal);
  if (host !== null) await removeOwn(cluster, handle, ingressOf(handle).path, signal);
  const servers = await findServers(cluster, handle, signal);
  for (const one of servers) {
    if (!one.isBeingRemoved) await cluster.remove(`${servingPaths.deployments(namespace)}/${one.name}`, signal);
  }
  await removeSecrets(cluster, namespace, secrets, signal);
  const grace = Math.max(0, ...servers.map((one) => one.grace));
  for (const end = Date.now() + SPARE_MS + grace * 1_000; ; await wait(LOOK_MS, undefined, { signal })) {
    const left = await whatIsLeft(cluster, handle, signal);
    if (left === null) return;
    if (Date.now() < end) continue;
    throw new UserError(`The cluster has not ended ${left} yet. Look why: kubectl -n ${namespace} describe ${left}`);
  }
}

/** As kubectl calls it; null: nothing. */
async function whatIsLeft(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<string | null> {
  const { name, host } = handle;
  const [server] = await findServers(cluster, handle, signal);
  if (server) return `deployment ${server.name}`;
  if (await findOwn(cluster, handle, serviceOf(handle).path, signal)) return `service ${name}`;
  if (host !== null && (await findOwn(cluster, handle, ingressOf(handle).path, signal))) return `ingress ${name}`;
  return null;
}

/** Taking a deployment off a cluster, whatever of it is still there. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { servingPaths } from "../cluster/names";
import { removeSecrets } from "../cluster/tokenSecret";
import { findServers, findService, type Handle } from "./objects";

const LOOK_MS = 500;
/** What pods get to answer what they have, and the cluster to notice. */
const END_MS = 180_000;

/** Resolves when its pods have ended. */
export async function undeploy(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<void> {
  const { namespace, name, host, secrets } = handle;
  const service = await findService(cluster, handle, signal);
  if (service) await cluster.remove(`${servingPaths.services(namespace)}/${name}`, signal);
  if (host !== null) await cluster.remove(`${servingPaths.ingresses(namespace)}/${name}`, signal);
  for (const one of await findServers(cluster, handle, signal)) {
    if (!one.isBeingRemoved) await cluster.remove(`${servingPaths.deployments(namespace)}/${one.name}`, signal);
  }
  await removeSecrets(cluster, namespace, secrets, signal);
  for (const end = Date.now() + END_MS; ; await wait(LOOK_MS, undefined, { signal })) {
    const left = await findServers(cluster, handle, signal);
    if (left.length === 0) return;
    if (Date.now() < end) continue;
    const names = left.map((one) => one.name).join(", ");
    throw new UserError(
      `The cluster has not ended ${names} yet. Look why: kubectl -n ${namespace} describe deployment`,
    );
  }
}

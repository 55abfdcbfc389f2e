/** Taking an InferenceService off a cluster. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { removeSecrets } from "../cluster/tokenSecret";
import { findService, type Handle, servicePath } from "./objects";

const LOOK_MS = 500;
/** What pods get to answer what they have, and KServe to take away what it has made. */
const END_MS = 180_000;

/** Resolves when it is gone. */
export async function undeploy(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<void> {
  const { name, namespace, secrets } = handle;
  const found = await findService(cluster, handle, signal);
  if (found && !found.isBeingRemoved) await cluster.remove(servicePath(handle), signal);
  await removeSecrets(cluster, namespace, secrets, signal);
  for (const end = Date.now() + END_MS; await findService(cluster, handle, signal); ) {
    if (Date.now() > end) {
      throw new UserError(
        `The cluster has not removed ${name} yet. Look why: kubectl -n ${namespace} describe inferenceservice ${name}`,
      );
    }
    await wait(LOOK_MS, undefined, { signal });
  }
}

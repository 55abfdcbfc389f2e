/** What all handles of deployments on clusters have, and what objects there are read by. */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import { storeId } from "../../snapshot/code/storeMark";
import type { Store } from "../../store/contract";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { clusterName, shortHash } from "./names";

/** Enough to find it again. */
export const handleParts = {
  /** As the cluster has it. */
  name: z.string(),
  namespace: z.string(),
  /** The cluster's address; null: not known. */
  server: z._default(z.nullable(z.string()), null),
  /** Of its objects there. */
  owner: z.string(),
  /** As callers reach it. */
  url: z.nullable(z.string()),
  /** Names of secrets with tokens. */
  secrets: z.array(z.string()),
  /** That were built here for it. */
  images: z.array(z.string()),
  /** Images that bundles were served in. */
  known: z._default(z.record(z.string(), z.string()), {}),
};
const Parts = z.object(handleParts);
export type HandleParts = z.infer<typeof Parts>;
export type Place = Pick<HandleParts, "name" | "namespace" | "owner">;

/** Where a deployment is in a cluster, or will be. Others may have their project in a folder of the same name. */
export function placeIn(
  cluster: Pick<Cluster, "namespace">,
  deployment: string,
  { folder, deployments }: Store,
): Place {
  const { data } = z.object({ owner: z.string() }).safeParse(deployments.get(deployment)?.handle);
  return {
    name: clusterName(deployment),
    namespace: cluster.namespace,
    owner: data?.owner ?? shortHash(storeId(folder)),
  };
}

export const nothingYet = { url: null, secrets: [], images: [], known: {} };

/** `target`: its name. Throws UserError when it is served in another namespace than the target is by now. */
export function checkNamespace({ namespace }: Place, cluster: Pick<Cluster, "namespace">, target: string): void {
  if (namespace === cluster.namespace) return;
  throw new UserError(
    `It is served in the namespace ${namespace}, and ${target} is the namespace ${cluster.namespace} by now. Undeploy it first.`,
  );
}

/**
 * Throws UserError when it is served by another cluster than the target is by now: nothing of it is there, and it goes on elsewhere.
 * `isThere`: whether this cluster has anything of it, as the same one may have got another address.
 */
export async function checkServer(
  { server }: Pick<HandleParts, "server">,
  cluster: Pick<Cluster, "server">,
  target: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  if (server === null || cluster.server === null || server === cluster.server || (await isThere())) return;
  throw new UserError(
    `It is served by the cluster at ${server}, and ${target} is the one at ${cluster.server} by now, which has nothing of it. Give the target the \`context\` of the other one again, or leave what is there: modeltrail deployments undeploy NAME --forget`,
  );
}

export const Labels = z._default(z.record(z.string(), z.string()), {});
const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
});
export const Conditions = z._default(z.array(Condition), []);
export const DeletedAt = z.optional(z.nullable(z.string()));

/** Objects of a deployment that keep their name through all changes: what somebody else has made by such a name is never touched. */
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { Cluster, Resource } from "../../targets/kubernetes/cluster";
import { DeletedAt, Labels, type Place } from "./handle";
import { OWNER_LABEL } from "./names";

const TRIES = 3;
const Owned = z.looseObject({ metadata: z.looseObject({ labels: Labels, deletionTimestamp: DeletedAt }) });

/** Where it is in the API, and what it is called in words: "a Service". */
export interface Named {
  path: string;
  kind: string;
}

/** Undefined when there is none, or only somebody else's. `path`: of the API. */
export async function findOwn(
  cluster: Cluster,
  { owner }: Place,
  path: string,
  signal: AbortSignal,
): Promise<Resource | undefined> {
  const found = await cluster.get(path, signal);
  return found !== undefined && ownerOf(found) === owner ? (found as Resource) : undefined;
}

/** Undefined when there is none. Throws UserError when there is one that somebody else has made, or that is just going. */
export async function findFree(
  cluster: Cluster,
  { name, namespace, owner }: Place,
  { path, kind }: Named,
  signal: AbortSignal,
): Promise<Resource | undefined> {
  const found = await cluster.get(path, signal);
  if (found === undefined) return undefined;
  if (ownerOf(found) === owner) {
    // It may take its time, as a load balancer does, and whatever it is told goes with it.
    if (!Owned.parse(found).metadata.deletionTimestamp) return found as Resource;
    throw new UserError(`${name} is just being removed from the cluster. Try again in a while.`);
  }
  throw new UserError(
    `The namespace ${namespace} has ${kind} ${name} already, which is not of this project. Take another name for the deployment, with --as NAME.`,
  );
}

/** Makes it, or changes what is there, whatever others do at the same time. Throws UserError when it is somebody else's. */
export async function putOwn(
  cluster: Cluster,
  place: Place,
  { path, kind }: Named,
  { wanted, change }: { wanted: Resource; change(found: Resource): Resource },
  signal: AbortSignal,
): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    const found = await findFree(cluster, place, { path, kind }, signal);
    const isDone =
      found === undefined
        ? await cluster.create(path.replace(/\/[^/]+$/, ""), wanted, signal)
        : await cluster.replace(path, change(found), signal);
    if (isDone) return;
  }
  throw new UserError(`Somebody else is just changing ${place.name} in the cluster. Try again.`);
}

/** No error when there is none. */
export async function removeOwn(cluster: Cluster, place: Place, path: string, signal: AbortSignal): Promise<void> {
  if (await findOwn(cluster, place, path, signal)) await cluster.remove(path, signal);
}

const ownerOf = (object: unknown) => Owned.parse(object).metadata.labels[OWNER_LABEL];

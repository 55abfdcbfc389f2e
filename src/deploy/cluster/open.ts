/** The cluster of a place to serve: when it is away, that is for the user. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { HostUnreachable } from "../../targets/host/contract";
import { type Cluster, type ClusterSettings, openerOf } from "../../targets/kubernetes/cluster";

/** Nobody knows whether what was asked has happened. */
export class ClusterAway extends UserError {}

export type OpenCluster = (signal: AbortSignal) => Promise<Cluster>;

/** All that it gives throws UserError, and of those ClusterAway when it does not answer. */
export function openServingCluster(settings: ClusterSettings): OpenCluster {
  const open = openerOf(settings);
  return async (signal) => forUsers(await told(() => open(signal)));
}

function forUsers(cluster: Cluster): Cluster {
  return {
    namespace: cluster.namespace,
    server: cluster.server,
    kubectl: cluster.kubectl,
    get: (...args) => told(() => cluster.get(...args)),
    create: (...args) => told(() => cluster.create(...args)),
    replace: (...args) => told(() => cluster.replace(...args)),
    ask: (...args) => told(() => cluster.ask(...args)),
    remove: (...args) => told(() => cluster.remove(...args)),
    read: (...args) => told(() => cluster.read(...args)),
  };
}

const LOOK_MS = 500;

/** Again and again while the cluster is away, until `signal`; then throws that it is. */
export async function onceBack<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ClusterAway) || signal.aborted) throw error;
      await wait(LOOK_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}

export async function told<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof HostUnreachable ? new ClusterAway(error.message, { cause: error }) : error;
  }
}

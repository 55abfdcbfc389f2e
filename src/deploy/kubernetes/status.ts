/** How a deployment stands, as its cluster says. */
import type { Served, ServedState } from "../../domain/deployment";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { selectorOf } from "../cluster/names";
import { podsWith, troubleOf } from "../cluster/pods";
import { CONTAINER, SERVER_LABEL } from "./manifests";
import { answering, endpointOf, type FoundServer, findServers, findService, type Handle } from "./objects";

export async function readStatus(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<Served> {
  const [service, servers, pods] = await Promise.all([
    findService(cluster, handle, signal),
    findServers(cluster, handle, signal),
    podsWith(cluster, handle.namespace, selectorOf(handle), signal),
  ]);
  const present = servers.filter(({ isBeingRemoved }) => !isBeingRemoved);
  const none = { endpoint: null, versions: [], traffic: null };
  if (!service && present.length === 0) {
    const detail = `Nothing of it is in the namespace ${handle.namespace} any more: it was undeployed, or removed by somebody else.`;
    return { state: "gone", detail, ...none };
  }
  if (!service) return { state: "down", detail: "Its Service was removed from the cluster. Deploy it again.", ...none };
  const endpoint = endpointOf(service, handle);
  const server = present.find(({ name }) => name === answering(service));
  if (!server) {
    const detail = "The Deployment that its Service chooses was removed from the cluster. Deploy it again.";
    return { state: "down", detail, ...none, endpoint };
  }
  const own = pods.filter(({ metadata }) => metadata.labels?.[SERVER_LABEL] === server.name);
  const troubles = own.flatMap((pod) => troubleOf(pod, CONTAINER, server) ?? []);
  const said = [...new Set(troubles.map(({ text }) => text))].join("\n");
  const state = stateOf(server, troubles.length > 0);
  return {
    state,
    detail: state === "live" ? null : detailOf(server, said),
    endpoint,
    versions: [{ version: server.version, role: "champion", percent: 100, ready: server.available > 0 }],
    traffic: null,
  };
}

function stateOf({ available, replicas, refusal }: FoundServer, isInTrouble: boolean): ServedState {
  if (replicas === 0) return "down";
  if (available >= replicas) return "live";
  if (available > 0) return "degraded";
  return isInTrouble || refusal !== null ? "down" : "starting";
}

function detailOf({ available, replicas, refusal }: FoundServer, said: string): string {
  if (replicas === 0) return "Somebody has told its Deployment to have no pods.";
  return `${available} of ${replicas} pods are ready. ${said || (refusal ?? "")}`.trim();
}

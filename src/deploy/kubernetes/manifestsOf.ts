/** All that serves a version on Kubernetes, for whoever applies it himself: one Deployment, whose pods the cluster exchanges. */
import type { Resource } from "../../targets/kubernetes/cluster";
import { namedImage } from "../cluster/clusterImage";
import { clusterName } from "../cluster/names";
import type { ReadyRoute, ServingPlan } from "../contract";
import {
  deploymentManifest,
  ingressManifest,
  portOf,
  type ServingSettings,
  serverOf,
  serviceManifest,
} from "./manifests";

/** `tokenSecret`: of the secret that callers' token is in; null: they need none. */
export function manifestsOf(
  route: ReadyRoute,
  plan: Pick<ServingPlan, "name" | "settings">,
  settings: ServingSettings,
  tokenSecret: string | null,
): Resource[] {
  const name = clusterName(plan.name);
  // Not ours: changes that we make find their objects by their owner.
  const labelled = { name, model: route.model, owner: null };
  const { ingress } = settings.serving ?? {};
  const port = portOf(plan);
  const image = namedImage(route.ready, settings.serving ?? {});
  return [
    deploymentManifest(name, serverOf(route, plan, settings, { image, tokenSecret }), labelled, settings),
    serviceManifest(labelled, { server: name, port, settings }),
    ...(ingress ? [ingressManifest(labelled, ingress, port)] : []),
  ];
}

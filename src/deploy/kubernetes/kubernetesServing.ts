/** Serving on Kubernetes: each version a Deployment, and a Service that gives all requests to one of them. */
import type { TargetOf } from "../../domain/targets";
import { CHANGED, needsOf } from "../cluster/checkServing";
import { clusterServing } from "../cluster/clusterServing";
import { openServingCluster } from "../cluster/open";
import { findFree } from "../cluster/ownObjects";
import { forwardedAccess } from "../cluster/portForward";
import type { ServingPlan } from "../contract";
import type { MakeServing } from "../targets";
import { applyPlan } from "./apply";
import { CONTAINER, patienceOf } from "./manifests";
import { findServers, findService, Handle, ingressOf, serviceOf } from "./objects";
import { readStatus } from "./status";
import { undeploy } from "./undeploy";

/** For all but bringing it up. */
const SPARE_MS = 120_000;

export const makeKubernetesServing: MakeServing<TargetOf<"kubernetes">> = (name, settings, context) => {
  const { env } = context;
  const open = openServingCluster({ ...settings, env });
  return clusterServing(
    name,
    {
      ...{ kind: settings.kind, contract: "mlflow", splits: false, container: CONTAINER, open },
      revertLimit: patienceOf(settings) * 1_000 + SPARE_MS,
      images: settings.serving ?? {},
      handle: Handle,
      begin: (parts) => ({ ...parts, port: 0, host: null }),
      refusal: oneVersion,
      needs: ({ token }) => [
        ...needsOf("apps", "deployments", ["create", "get", "list", "update", "delete"]),
        ...needsOf("", "services", CHANGED),
        ...(token === null ? [] : needsOf("", "secrets", ["create", "delete"])),
        ...(settings.serving?.ingress ? needsOf("networking.k8s.io", "ingresses", CHANGED) : []),
      ],
      async look(cluster, place, signal) {
        await findFree(cluster, place, serviceOf(place), signal);
        if (settings.serving?.ingress) await findFree(cluster, place, ingressOf(place), signal);
      },
      isThere: async (cluster, handle, signal) =>
        (await findService(cluster, handle, signal)) !== undefined ||
        (await findServers(cluster, handle, signal)).length > 0,
      apply: (cluster, handle, plan, options) => applyPlan({ cluster, settings, env, handle }, plan, options),
      status: readStatus,
      access({ name: service, namespace, port, url }, token) {
        return forwardedAccess({ open, find: async () => ({ to: `service/${service}`, namespace, port }), url, token });
      },
      undeploy,
    },
    context,
  );
};

/** A Service cannot tell requests apart, nor give one of them twice. */
function oneVersion({ routes }: ServingPlan): string | null {
  return routes.length === 1
    ? null
    : "A Service of Kubernetes gives all requests to one version: a challenger or a shadow needs a target of the kind kserve (challengers), or one behind our own gateway (local, docker, podman).";
}

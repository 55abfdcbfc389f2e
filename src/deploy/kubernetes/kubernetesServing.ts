/** Serving on Kubernetes: each version a Deployment, and a Service that gives all requests to one of them. */
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import type { Problem } from "../../targets/contract";
import { checkServing } from "../cluster/checkServing";
import { engineOf } from "../cluster/clusterImage";
import { checkNamespace, nothingYet, placeIn } from "../cluster/handle";
import { selectorOf } from "../cluster/names";
import { openServingCluster } from "../cluster/open";
import { podLog } from "../cluster/podLog";
import { podsWith } from "../cluster/pods";
import { forwardedAccess } from "../cluster/portForward";
import { unreachable } from "../cluster/unreachable";
import { removeImages } from "../container/remove";
import type { ServingPlan, ServingTarget } from "../contract";
import type { MakeServing } from "../targets";
import { applyPlan } from "./apply";
import { CONTAINER, patienceOf } from "./manifests";
import { findService, Handle } from "./objects";
import { readStatus } from "./status";
import { undeploy } from "./undeploy";

/** For all but bringing it up. */
const SPARE_MS = 120_000;

export const makeKubernetesServing: MakeServing<TargetOf<"kubernetes">> = (name, settings, { store, env }) => {
  const open = openServingCluster({ ...settings, env });

  const target: ServingTarget = {
    ...{ name, kind: settings.kind, contract: "mlflow", splits: false, shadows: false },
    revertLimit: patienceOf(settings) * 1_000 + SPARE_MS,

    async check(plan, signal) {
      const needs = [
        ...["create", "list", "delete"].map((verb) => ({ group: "apps", resource: "deployments", verb })),
        ...["create", "get", "update"].map((verb) => ({ group: "", resource: "services", verb })),
        ...(plan.token === null ? [] : [{ group: "", resource: "secrets", verb: "create" }]),
        ...(settings.serving?.ingress ? [{ group: "networking.k8s.io", resource: "ingresses", verb: "create" }] : []),
      ];
      const serving = settings.serving ?? {};
      const problems = await checkServing(open, { plan, needs, settings: serving, env, signal }, async (cluster) => {
        await findService(cluster, placeIn(cluster, plan.name, store), signal);
      });
      return [...oneVersion(plan), ...problems];
    },

    async apply(plan, options) {
      const [problem] = oneVersion(plan);
      if (problem) throw new UserError(problem.message);
      const cluster = await open(options.signal);
      const known = options.handle === null ? null : Handle.parse(options.handle);
      const handle = known ?? { ...placeIn(cluster, plan.name, store), ...nothingYet, port: 0, host: null };
      checkNamespace(handle, cluster, name);
      return applyPlan({ cluster, settings, env, handle }, plan, options);
    },

    async status(known, signal) {
      const handle = Handle.parse(known);
      try {
        return await readStatus(await open(signal), handle, signal);
      } catch (error) {
        return unreachable(error, handle.url);
      }
    },

    access(known, token) {
      const { name: service, namespace, port, url } = Handle.parse(known);
      return forwardedAccess({ open, find: async () => ({ to: `service/${service}`, namespace, port }), url, token });
    },

    async log(known, lines, signal) {
      const handle = Handle.parse(known);
      const cluster = await open(signal);
      const pods = await podsWith(cluster, handle.namespace, selectorOf(handle), signal);
      return podLog(cluster, { namespace: handle.namespace, pods, container: CONTAINER }, lines, signal);
    },

    async undeploy(known, signal) {
      const handle = Handle.parse(known);
      await undeploy(await open(signal), handle, signal);
      if (handle.images.length > 0) await removeImages(engineOf(settings.serving ?? {}, env), handle.images, signal);
    },
  };
  return target;
};

/** A Service cannot tell requests apart, nor give one of them twice. */
function oneVersion({ routes }: ServingPlan): Problem[] {
  if (routes.length === 1) return [];
  const message =
    "A Service of Kubernetes gives all requests to one version: a challenger or a shadow needs a target of the kind kserve (challengers), or one behind our own gateway (local, docker, podman).";
  return [{ severity: "error", message }];
}

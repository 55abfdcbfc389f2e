/** Serving by KServe: one InferenceService for all versions of a deployment, whose requests it can share. */
import { UserError } from "../../domain/errors";
import { CHANGED, needsOf } from "../cluster/checkServing";
import { clusterServing } from "../cluster/clusterServing";
import { openServingCluster } from "../cluster/open";
import { findFree } from "../cluster/ownObjects";
import type { ServingPlan } from "../contract";
import type { MakeServing } from "../targets";
import { applyPlan } from "./apply";
import { endpointAccess } from "./endpointAccess";
import { CONTAINER, type KServeSettings, patienceOf } from "./manifest";
import { findService, Handle, serviceOf } from "./objects";
import { readStatus } from "./status";
import { undeploy } from "./undeploy";

/** For all but bringing a version up. */
const SPARE_MS = 300_000;
const GROUP = "serving.kserve.io";

export const makeKServeServing: MakeServing<KServeSettings> = (name, settings, context) => {
  const { env } = context;
  const open = openServingCluster({ ...settings, env });
  return clusterServing(
    name,
    {
      ...{ kind: settings.kind, contract: "kserve", splits: true, container: CONTAINER, open, images: settings },
      revertLimit: patienceOf(settings) * 1_000 + SPARE_MS,
      handle: Handle,
      begin: (parts) => ({ ...parts, champion: null, challenger: null }),
      refusal: noShadows,
      needs: ({ token }) => [
        ...needsOf(GROUP, "inferenceservices", CHANGED),
        { group: "serving.knative.dev", resource: "revisions", verb: "get" },
        ...(token === null ? [] : needsOf("", "secrets", ["create", "delete"])),
      ],
      async look(cluster, place, signal) {
        if ((await cluster.get(`/apis/${GROUP}/v1beta1`, signal)) === undefined) {
          throw new UserError("The cluster has no KServe: its API does not know InferenceServices.");
        }
        await findFree(cluster, place, serviceOf(place), signal);
      },
      isThere: async (cluster, handle, signal) => (await findService(cluster, handle, signal)) !== undefined,
      apply: (cluster, handle, plan, options) => applyPlan({ cluster, settings, env, handle }, plan, options),
      status: readStatus,
      access: ({ url }, token) => endpointAccess(open, { url, token, gateway: settings.gateway }),
      undeploy,
    },
    context,
  );
};

/** KServe gives each request to one version. */
function noShadows({ routes }: ServingPlan): string | null {
  return routes.every(({ role }) => role !== "shadow")
    ? null
    : "KServe gives nobody copies of requests: a shadow needs a target behind our own gateway (local, docker, podman).";
}

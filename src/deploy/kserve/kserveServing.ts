/** Serving by KServe: one InferenceService for all versions of a deployment, whose requests it can share. */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import type { Problem } from "../../targets/contract";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { checkServing } from "../cluster/checkServing";
import { engineOf } from "../cluster/clusterImage";
import { checkNamespace, nothingYet, placeIn } from "../cluster/handle";
import { selectorOf } from "../cluster/names";
import { openServingCluster } from "../cluster/open";
import { podLog } from "../cluster/podLog";
import { podsWith } from "../cluster/pods";
import { removeSecrets } from "../cluster/tokenSecret";
import { unreachable } from "../cluster/unreachable";
import { removeImages } from "../container/remove";
import type { ServingPlan, ServingTarget } from "../contract";
import type { MakeServing } from "../targets";
import { applyPlan } from "./apply";
import { endpointAccess } from "./endpointAccess";
import { CONTAINER, type KServeSettings, patienceOf } from "./manifest";
import { findService, Handle, servicePath } from "./objects";
import { readStatus } from "./status";

const LOOK_MS = 500;
/** What pods get to answer what they have, and KServe to take away what it has made. */
const END_MS = 180_000;
/** For all but bringing a version up. */
const SPARE_MS = 300_000;
const GROUP = "serving.kserve.io";

export const makeKServeServing: MakeServing<KServeSettings> = (name, settings, { store, env }): ServingTarget => {
  const open = openServingCluster({ ...settings, env });

  return {
    ...{ name, kind: settings.kind, contract: "kserve", splits: true, shadows: false },
    revertLimit: patienceOf(settings) * 1_000 + SPARE_MS,

    async check(plan, signal) {
      const needs = [
        ...["create", "get", "update", "delete"].map((verb) => ({ group: GROUP, resource: "inferenceservices", verb })),
        { group: "serving.knative.dev", resource: "revisions", verb: "get" },
        ...(plan.token === null ? [] : [{ group: "", resource: "secrets", verb: "create" }]),
      ];
      const problems = await checkServing(open, { plan, needs, settings, env, signal }, async (cluster) => {
        const served = await cluster.get(`/apis/${GROUP}/v1beta1`, signal);
        if (served === undefined)
          throw new UserError("The cluster has no KServe: its API does not know InferenceServices.");
        await findService(cluster, placeIn(cluster, plan.name, store), signal);
      });
      return [...noShadows(plan), ...problems];
    },

    async apply(plan, options) {
      const [problem] = noShadows(plan);
      if (problem) throw new UserError(problem.message);
      const cluster = await open(options.signal);
      const known = options.handle === null ? null : Handle.parse(options.handle);
      const handle = known ?? {
        ...placeIn(cluster, plan.name, store),
        ...nothingYet,
        champion: null,
        challenger: null,
      };
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

    access: (known, token) => endpointAccess(open, { url: Handle.parse(known).url, token, gateway: settings.gateway }),

    async log(known, lines, signal) {
      const handle = Handle.parse(known);
      const { namespace } = handle;
      const cluster = await open(signal);
      const pods = await podsWith(cluster, namespace, selectorOf(handle), signal);
      return podLog(cluster, { namespace, pods, container: CONTAINER }, lines, signal);
    },

    async undeploy(known, signal) {
      const handle = Handle.parse(known);
      await undeploy(await open(signal), handle, signal);
      if (handle.images.length > 0) await removeImages(engineOf(settings, env), handle.images, signal);
    },
  };
};

async function undeploy(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<void> {
  const found = await findService(cluster, handle, signal);
  if (found && !found.isBeingRemoved) await cluster.remove(servicePath(handle), signal);
  await removeSecrets(cluster, handle.namespace, handle.secrets, signal);
  for (const end = Date.now() + END_MS; await findService(cluster, handle, signal); ) {
    if (Date.now() > end) {
      throw new UserError(
        `The cluster has not removed ${handle.name} yet. Look why: kubectl -n ${handle.namespace} describe inferenceservice ${handle.name}`,
      );
    }
    await wait(LOOK_MS, undefined, { signal });
  }
}

/** KServe gives each request to one version. */
function noShadows({ routes }: ServingPlan): Problem[] {
  if (routes.every(({ role }) => role !== "shadow")) return [];
  const message =
    "KServe gives nobody copies of requests: a shadow needs a target behind our own gateway (local, docker, podman).";
  return [{ severity: "error", message }];
}

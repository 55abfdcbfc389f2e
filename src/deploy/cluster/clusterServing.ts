/** What is the same wherever a cluster serves: asking whether it would, finding what is there, its pods' words. */

import type * as z from "zod/mini";
import type { Served } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import type { Cluster } from "../../targets/kubernetes/cluster";
import { removeImages } from "../container/remove";
import type { Access, ApplyOptions, ServingContract, ServingHandle, ServingPlan, ServingTarget } from "../contract";
import type { ServingContext } from "../targets";
import { checkServing, type Need } from "./checkServing";
import { engineOf, type ImageSettings } from "./clusterImage";
import { checkNamespace, checkServer, type HandleParts, nothingYet, type Place, placeIn } from "./handle";
import { selectorOf } from "./names";
import type { OpenCluster } from "./open";
import { podLog } from "./podLog";
import { podsWith } from "./pods";

/** A way to serve on a cluster. */
export interface ClusterKind<Handle extends HandleParts> {
  kind: string;
  contract: ServingContract;
  splits: boolean;
  /** Ms that going back may take. */
  revertLimit: number;
  images: ImageSettings;
  /** Of pods, the one that serves. */
  container: string;
  open: OpenCluster;
  handle: z.ZodMiniType<Handle>;
  /** Of what was never served. */
  begin(parts: HandleParts): Handle;
  /** Why it cannot serve so; null when it can. */
  refusal(plan: ServingPlan): string | null;
  needs(plan: ServingPlan): Need[];
  /** Throws UserError for what else would fail. */
  look(cluster: Cluster, place: Place, signal: AbortSignal): Promise<void>;
  /** Whether the cluster has anything of it. */
  isThere(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<boolean>;
  apply(cluster: Cluster, handle: Handle, plan: ServingPlan, options: ApplyOptions): Promise<Handle>;
  status(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<Served>;
  access(handle: Handle, token: string | null): Access;
  undeploy(cluster: Cluster, handle: Handle, signal: AbortSignal): Promise<void>;
}

/** `name`: the target's. */
export function clusterServing<Handle extends HandleParts>(
  name: string,
  way: ClusterKind<Handle>,
  { store, env }: ServingContext,
): ServingTarget {
  const { kind, contract, splits, revertLimit, images, container, open } = way;

  function parse(handle: ServingHandle): Handle {
    const { data } = way.handle.safeParse(handle);
    if (data) return data;
    throw new UserError(
      `It was deployed when ${name} was a target of another kind. Name that kind in modeltrail.yaml again, or leave what is there: modeltrail deployments undeploy NAME --forget`,
    );
  }

  /** Its cluster. Throws UserError when the target is another one by now. */
  async function openFor(handle: Handle, signal: AbortSignal): Promise<Cluster> {
    const cluster = await open(signal);
    await checkServer(handle, cluster, name, () => way.isThere(cluster, handle, signal));
    return cluster;
  }

  return {
    ...{ name, kind, contract, splits, shadows: false, revertLimit },

    async check(plan, signal) {
      const refusal = way.refusal(plan);
      const needs = way.needs(plan);
      const problems = await checkServing(open, { plan, needs, settings: images, env, signal }, (cluster) =>
        way.look(cluster, placeIn(cluster, plan.name, store), signal),
      );
      return refusal === null ? problems : [{ severity: "error", message: refusal }, ...problems];
    },

    async apply(plan, options) {
      const refusal = way.refusal(plan);
      if (refusal !== null) throw new UserError(refusal);
      const known = options.handle === null ? null : parse(options.handle);
      const cluster = await (known ? openFor(known, options.signal) : open(options.signal));
      const { server } = cluster;
      const handle = known ?? way.begin({ ...placeIn(cluster, plan.name, store), ...nothingYet, server });
      checkNamespace(handle, cluster, name);
      return way.apply(cluster, { ...handle, server }, plan, options);
    },

    async status(known, signal) {
      const { url = null } = way.handle.safeParse(known).data ?? {};
      try {
        const handle = parse(known);
        return await way.status(await openFor(handle, signal), handle, signal);
      } catch (error) {
        const { message } = error as Error;
        return { state: "unreachable", detail: message, endpoint: url, versions: [], traffic: null };
      }
    },

    access: (known, token) => way.access(parse(known), token),

    async log(known, lines, signal) {
      const handle = parse(known);
      const { namespace } = handle;
      const cluster = await openFor(handle, signal);
      const pods = await podsWith(cluster, namespace, selectorOf(handle), signal);
      return podLog(cluster, { namespace, pods, container }, lines, signal);
    },

    async undeploy(known, signal) {
      const handle = parse(known);
      await way.undeploy(await openFor(handle, signal), handle, signal);
      if (handle.images.length > 0) await removeImages(engineOf(images, env), handle.images, signal);
    },
  };
}

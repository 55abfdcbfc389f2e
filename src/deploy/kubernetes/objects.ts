/** What a cluster has of a deployment, read from it. */
import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import type { Cluster, Resource } from "../../targets/kubernetes/cluster";
import { Conditions, DeletedAt, handleParts, Labels, type Place } from "../cluster/handle";
import { SIGNATURE_LABEL, selectorOf, servingPaths, VERSION_LABEL, withSelector } from "../cluster/names";
import { findOwn, type Named } from "../cluster/ownObjects";
import { SERVER_LABEL } from "./manifests";

/** Enough to find it again. */
export const Handle = z.object({
  ...handleParts,
  /** Of the Service. */
  port: z.number(),
  /** Of the Ingress, with its scheme; null: there is none. */
  host: z.nullable(z.string()),
});
export type Handle = z.infer<typeof Handle>;

const Deployment = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    labels: Labels,
    generation: z._default(z.number(), 0),
    deletionTimestamp: DeletedAt,
  }),
  spec: z.looseObject({
    replicas: z._default(z.number(), 1),
    template: z.looseObject({
      spec: z.looseObject({
        terminationGracePeriodSeconds: z._default(z.number(), 30),
        containers: z.array(
          z.looseObject({
            image: z.string(),
            resources: z.optional(
              z.looseObject({ limits: z.optional(z.looseObject({ memory: z.optional(z.string()) })) }),
            ),
          }),
        ),
      }),
    }),
  }),
  status: z._default(
    z.looseObject({
      observedGeneration: z._default(z.number(), 0),
      updatedReplicas: z._default(z.number(), 0),
      availableReplicas: z._default(z.number(), 0),
      conditions: Conditions,
    }),
    { observedGeneration: 0, updatedReplicas: 0, availableReplicas: 0, conditions: [] },
  ),
});

/** A Deployment of ours. */
export interface FoundServer {
  name: string;
  version: number;
  signature: string;
  image: string;
  memory: string | undefined;
  /** s. What its pods get to end. */
  grace: number;
  replicas: number;
  available: number;
  /** All of its pods are of the newest kind, and answer. */
  isUp: boolean;
  isBeingRemoved: boolean;
  /** Why the cluster makes no pods, or gives up on them. */
  refusal: string | null;
  /** All of it, for replacing it. */
  object: Resource;
}

export function foundServer(object: unknown): FoundServer {
  const { metadata, spec, status } = Deployment.parse(object);
  const { observedGeneration, updatedReplicas, availableReplicas, conditions } = status;
  const isCurrent = observedGeneration >= metadata.generation;
  const [container] = spec.template.spec.containers;
  const failed = conditions.find(
    ({ type, status: is }) =>
      (type === "ReplicaFailure" && is === "True") || (type === "Progressing" && is === "False"),
  );
  return {
    name: metadata.name,
    version: Number(metadata.labels[VERSION_LABEL] ?? 0),
    signature: metadata.labels[SIGNATURE_LABEL] ?? "",
    image: container?.image ?? "",
    memory: container?.resources?.limits?.memory,
    grace: spec.template.spec.terminationGracePeriodSeconds,
    replicas: spec.replicas,
    available: availableReplicas,
    isUp: isCurrent && updatedReplicas >= spec.replicas && availableReplicas >= spec.replicas,
    isBeingRemoved: Boolean(metadata.deletionTimestamp),
    refusal: isCurrent && failed ? (failed.message ?? failed.reason ?? failed.type) : null,
    object: object as Resource,
  };
}

/** Those that are being removed included. */
export async function findServers(cluster: Cluster, handle: Place, signal: AbortSignal): Promise<FoundServer[]> {
  const path = withSelector(servingPaths.deployments(handle.namespace), selectorOf(handle));
  const list = await cluster.get(path, signal);
  return z
    .object({ items: z.array(z.unknown()) })
    .parse(list ?? { items: [] })
    .items.map(foundServer);
}

const Service = z.looseObject({
  spec: z.looseObject({ selector: z._default(z.record(z.string(), z.string()), {}) }),
  status: z.optional(
    z.looseObject({
      loadBalancer: z.optional(
        z.looseObject({
          ingress: z.optional(z.array(z.looseObject({ ip: z.optional(z.string()), hostname: z.optional(z.string()) }))),
        }),
      ),
    }),
  ),
});
export type Service = z.infer<typeof Service>;

export const serviceOf = ({ namespace, name }: Place): Named => ({
  path: `${servingPaths.services(namespace)}/${name}`,
  kind: "a Service",
});
export const ingressOf = ({ namespace, name }: Place): Named => ({
  path: `${servingPaths.ingresses(namespace)}/${name}`,
  kind: "an Ingress",
});

/** Undefined when there is none of ours. */
export async function findService(cluster: Cluster, place: Place, signal: AbortSignal): Promise<Service | undefined> {
  return z.optional(Service).parse(await findOwn(cluster, place, serviceOf(place).path, signal));
}

/** The Deployment that answers. */
export const answering = (service: Service | undefined) => service?.spec.selector[SERVER_LABEL];

/** As callers reach it: from outside where that is known, else within the cluster. */
export function endpointOf(service: Service | undefined, { name, namespace, port, host }: Handle): string {
  if (host !== null) return host;
  const balanced = service?.status?.loadBalancer?.ingress?.[0];
  const address = balanced?.hostname ?? balanced?.ip ?? `${name}.${namespace}.svc`;
  return `http://${address.includes(":") ? `[${address}]` : address}${port === 80 ? "" : `:${port}`}`;
}

const RANDOM_BYTES = 3;

/** Of a new Deployment. */
export const newName = (name: string, version: number) =>
  `${name}-v${version}-${randomBytes(RANDOM_BYTES).toString("hex")}`;

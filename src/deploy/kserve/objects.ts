/** What a cluster has of an InferenceService of ours, read from it. */
import * as z from "zod/mini";
import type { Cluster, Resource } from "../../targets/kubernetes/cluster";
import { Conditions, DeletedAt, handleParts, Labels, type Place } from "../cluster/handle";
import { SIGNATURE_LABEL, servingPaths, VERSION_LABEL } from "../cluster/names";
import { findOwn, type Named } from "../cluster/ownObjects";

const KeptPredictor = z.object({
  version: z.number(),
  bundle: z.string(),
  signature: z.string(),
  image: z.string(),
  /** Of the secret with the token that it asks for; null: it asks for none. */
  tokenSecret: z._default(z.nullable(z.string()), null),
  spec: z.record(z.string(), z.unknown()),
});

/** Enough to find it again, and to serve again what it served. */
export const Handle = z.object({
  ...handleParts,
  champion: z.nullable(KeptPredictor),
  challenger: z.nullable(z.object({ predictor: KeptPredictor, percent: z.number() })),
});
export type Handle = z.infer<typeof Handle>;

const Traffic = z.object({
  revisionName: z.optional(z.string()),
  latestRevision: z.optional(z.boolean()),
  percent: z.optional(z.number()),
});
const Predictor = z.object({
  latestReadyRevision: z.optional(z.string()),
  latestCreatedRevision: z.optional(z.string()),
  latestRolledoutRevision: z.optional(z.string()),
  traffic: z._default(z.array(Traffic), []),
});

const InferenceService = z.looseObject({
  metadata: z.looseObject({ deletionTimestamp: DeletedAt }),
  spec: z.looseObject({
    predictor: z.looseObject({ labels: Labels, canaryTrafficPercent: z.optional(z.number()) }),
  }),
  status: z._default(
    z.looseObject({
      url: z.optional(z.string()),
      conditions: Conditions,
      components: z._default(z.object({ predictor: z._default(Predictor, { traffic: [] }) }), {
        predictor: { traffic: [] },
      }),
    }),
    { conditions: [], components: { predictor: { traffic: [] } } },
  ),
});

export interface Found {
  /** Of the newest version in it. */
  signature: string;
  percent: number | null;
  isBeingRemoved: boolean;
  url: string | null;
  isReady: boolean;
  /** Why it is not; null when nothing is said. */
  said: string | null;
  revisions: z.infer<typeof Predictor>;
  object: Resource;
}

/** Undefined when there is none of ours. */
export async function findService(cluster: Cluster, place: Place, signal: AbortSignal): Promise<Found | undefined> {
  const object = await findOwn(cluster, place, servicePath(place), signal);
  if (object === undefined) return undefined;
  const { metadata, spec, status } = InferenceService.parse(object);
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const wrong = status.conditions.filter(({ type, status: is }) => type !== "Ready" && is === "False");
  const said = wrong.map(({ type, reason, message }) => `${type}: ${message || reason || "not yet"}`).join("\n");
  return {
    signature: spec.predictor.labels[SIGNATURE_LABEL] ?? "",
    percent: spec.predictor.canaryTrafficPercent ?? null,
    isBeingRemoved: Boolean(metadata.deletionTimestamp),
    url: status.url ?? null,
    isReady: ready?.status === "True",
    said: said || null,
    revisions: status.components.predictor,
    object,
  };
}

export const servicePath = ({ namespace, name }: Place) => `${servingPaths.inferenceServices(namespace)}/${name}`;

export const serviceOf = (place: Place): Named => ({ path: servicePath(place), kind: "an InferenceService" });

const Revision = z.looseObject({
  metadata: z.looseObject({ labels: Labels }),
  status: z._default(z.looseObject({ conditions: Conditions }), { conditions: [] }),
});

export interface FoundRevision {
  name: string;
  version: number;
  signature: string;
  /** Why Knative has given it up; null when it has not. */
  fault: string | null;
}

/** Undefined when there is none of this name (any more). */
export async function findRevision(
  cluster: Cluster,
  namespace: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<FoundRevision | undefined> {
  if (name === undefined) return undefined;
  const object = await cluster.get(`${servingPaths.revisions(namespace)}/${name}`, signal);
  if (object === undefined) return undefined;
  const { metadata, status } = Revision.parse(object);
  const failed = status.conditions.find(({ type, status: is }) => type === "Ready" && is === "False");
  return {
    name,
    version: Number(metadata.labels[VERSION_LABEL] ?? 0),
    signature: metadata.labels[SIGNATURE_LABEL] ?? "",
    fault: failed ? (failed.message ?? failed.reason ?? "it failed") : null,
  };
}

/** By which Knative marks the pods of a revision. */
export const podsOf = (revision: string) => `serving.knative.dev/revision=${revision}`;

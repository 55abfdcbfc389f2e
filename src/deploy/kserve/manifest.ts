/** The InferenceService of KServe that serves a version, or shifts requests to one: https://kserve.github.io/website/ (v1beta1) */
import type { ServingOf } from "../../domain/targets";
import type { Resource } from "../../targets/kubernetes/cluster";
import { placement } from "../../targets/kubernetes/manifests";
import { namedImage } from "../cluster/clusterImage";
import {
  BUNDLE_ANNOTATION,
  clusterName,
  type Labelled,
  labelsOf,
  SIGNATURE_LABEL,
  shortHash,
  VERSION_LABEL,
} from "../cluster/names";
import { PATIENCE, PORT, probe, SCRATCH_VOLUME, scraped, servingContainer } from "../cluster/podTemplate";
import type { ReadyRoute, ServingPlan } from "../contract";

export type KServeSettings = ServingOf<"kserve">;

/** As KServe asks for the one that predicts to be called. */
export const CONTAINER = "kserve-container";

export const patienceOf = ({ patience = PATIENCE }: Pick<KServeSettings, "patience">) => patience;

/** How a version is served: kept, so that going back means the very same. Never with secrets. */
export interface Predictor {
  version: number;
  bundle: string;
  /** The same in all that makes it be served as it is. */
  signature: string;
  image: string;
  /** Of the secret with the token that it asks for; null: it asks for none. */
  tokenSecret: string | null;
  /** The `predictor` of an InferenceService, without the share of requests that it gets. */
  spec: Resource;
}

export function predictorOf(
  route: ReadyRoute,
  plan: Pick<ServingPlan, "settings">,
  settings: KServeSettings,
  { image, tokenSecret }: { image: string; tokenSecret: string | null },
): Predictor {
  const { minReplicas, maxReplicas, scaleMetric, scaleTarget } = settings;
  const container = {
    ...servingContainer(route, plan, settings, { name: CONTAINER, image, tokenSecret }),
    ports: [{ containerPort: PORT, protocol: "TCP" }],
    readinessProbe: probe("/v2/health/ready", { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 }),
  };
  const { time } = plan.settings.limits ?? {};
  const spec = {
    annotations: {
      [BUNDLE_ANNOTATION]: route.ready.hash,
      "serving.knative.dev/progress-deadline": `${Math.ceil(patienceOf(settings))}s`,
      ...scraped(tokenSecret),
    },
    ...(minReplicas === undefined ? {} : { minReplicas }),
    ...(maxReplicas === undefined ? {} : { maxReplicas }),
    ...(scaleMetric === undefined ? {} : { scaleMetric }),
    ...(scaleTarget === undefined ? {} : { scaleTarget }),
    ...(time === undefined ? {} : { timeout: Math.ceil(time) }),
    ...placement(settings as { imagePullSecrets?: string[] }),
    automountServiceAccountToken: false,
    containers: [container],
    volumes: [SCRATCH_VOLUME],
  };
  const signature = shortHash(JSON.stringify([route.version, spec]));
  const labels = { [VERSION_LABEL]: String(route.version), [SIGNATURE_LABEL]: signature };
  return { version: route.version, bundle: route.ready.hash, signature, image, tokenSecret, spec: { labels, ...spec } };
}

/**
 * `percent`: of the requests, for what is new in it; the rest goes to what had all of them last. Null: it gets all of them. What
 * stands in `metadata` goes into every pod, and so never changes.
 */
export function inferenceService(labelled: Labelled, { spec }: Predictor, percent: number | null): Resource {
  return {
    apiVersion: "serving.kserve.io/v1beta1",
    kind: "InferenceService",
    metadata: {
      name: labelled.name,
      labels: labelsOf(labelled),
      // The way of KServe that can share requests; newer versions know it by its new name, Knative, too.
      annotations: { "serving.kserve.io/deploymentMode": "Serverless" },
    },
    spec: { predictor: { ...spec, ...(percent === null ? {} : { canaryTrafficPercent: percent }) } },
  };
}

/** For whoever applies it himself. `tokenSecret`: of the secret that callers' token is in; null: they need none. */
export function manifestOf(
  route: ReadyRoute,
  plan: Pick<ServingPlan, "name" | "settings">,
  settings: KServeSettings,
  tokenSecret: string | null,
): Resource {
  const image = namedImage(route.ready, settings);
  // Not ours: changes that we make find their objects by their owner.
  const labelled = { name: clusterName(plan.name), model: route.model, owner: null };
  return inferenceService(labelled, predictorOf(route, plan, settings, { image, tokenSecret }), null);
}

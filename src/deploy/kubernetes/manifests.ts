/** The objects that serve a model on a cluster: a Deployment for each version, and one Service that says which of them answers. */
import type { TargetOf } from "../../domain/targets";
import type { Resource } from "../../targets/kubernetes/cluster";
import { placement } from "../../targets/kubernetes/manifests";
import {
  BUNDLE_ANNOTATION,
  type Labelled,
  labelsOf,
  SIGNATURE_LABEL,
  shortHash,
  VERSION_LABEL,
} from "../cluster/names";
import {
  drainOf,
  LINGER,
  PATIENCE,
  PORT,
  probe,
  SCRATCH_VOLUME,
  scraped,
  servingContainer,
} from "../cluster/podTemplate";
import type { ReadyRoute, ServingPlan } from "../contract";

export type ServingSettings = TargetOf<"kubernetes">;

/** Of the container that serves. */
export const CONTAINER = "serve";
/** Which Deployment's pods they are: what the Service chooses by. */
export const SERVER_LABEL = "modeltrail.dev/server";

/** s. What a pod goes on answering when it is to end, until nobody is sent to it any more; then it answers those it has. */
const STAY = 10;
/** s. On top of what it gets to answer. */
const SPARE = 5;
const START_EVERY = 2;
const HTTP_PORT = 80;

export const patienceOf = ({ serving }: Pick<ServingSettings, "serving">) => serving?.patience ?? PATIENCE;
export const replicasOf = ({ serving }: Pick<ServingSettings, "serving">) => serving?.replicas ?? 1;
export const portOf = ({ settings }: Pick<ServingPlan, "settings">) => settings.port ?? HTTP_PORT;

/** What a version is served with; the same signature means the very same pods. */
export interface Server {
  route: ReadyRoute;
  image: string;
  tokenSecret: string | null;
  signature: string;
  podSpec: Resource;
}

export function serverOf(
  route: ReadyRoute,
  plan: Pick<ServingPlan, "settings">,
  settings: ServingSettings,
  { image, tokenSecret }: { image: string; tokenSecret: string | null },
): Server {
  const health = "/ping";
  const basic = servingContainer(route, plan, settings, { name: CONTAINER, image, tokenSecret });
  const container = {
    ...basic,
    // What not all versions of Knative take.
    securityContext: {
      ...(basic.securityContext as Resource),
      allowPrivilegeEscalation: false,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ports: [{ name: "http", containerPort: PORT }],
    startupProbe: probe(health, {
      ...{ periodSeconds: START_EVERY, timeoutSeconds: 2 },
      failureThreshold: Math.ceil(patienceOf(settings) / START_EVERY),
    }),
    readinessProbe: probe("/v2/health/ready", { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 }),
    livenessProbe: probe(health, { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
    lifecycle: { preStop: { exec: { command: ["python3", "-c", `import time; time.sleep(${STAY})`] } } },
  };
  const podSpec = {
    terminationGracePeriodSeconds: STAY + LINGER + drainOf(plan) + SPARE,
    automountServiceAccountToken: false,
    ...placement(settings as { imagePullSecrets?: string[] }),
    containers: [container],
    volumes: [SCRATCH_VOLUME],
  };
  const signature = shortHash(JSON.stringify([route.version, route.ready.hash, podSpec]));
  return { route, image, tokenSecret, signature, podSpec };
}

/** `name`: its own. */
export function deploymentManifest(
  name: string,
  { route, tokenSecret, signature, podSpec }: Server,
  labelled: Labelled,
  settings: ServingSettings,
): Resource {
  const labels = { ...labelsOf(labelled), [VERSION_LABEL]: String(route.version), [SIGNATURE_LABEL]: signature };
  const chosenBy = { [SERVER_LABEL]: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name,
      labels: { ...labels, track: route.role },
      annotations: { [BUNDLE_ANNOTATION]: route.ready.hash },
    },
    spec: {
      replicas: replicasOf(settings),
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: Math.ceil(patienceOf(settings)),
      selector: { matchLabels: chosenBy },
      // A pod that is exchanged, for whatever reason, goes when another one answers.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { ...labels, ...chosenBy }, annotations: scraped(tokenSecret) },
        spec: podSpec,
      },
    },
  };
}

/** `server`: the Deployment that answers. */
export function serviceManifest(
  labelled: Labelled,
  { server, port, settings }: { server: string; port: number; settings: ServingSettings },
): Resource {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: labelled.name, labels: labelsOf(labelled) },
    spec: {
      type: settings.serving?.service ?? "ClusterIP",
      selector: { [SERVER_LABEL]: server },
      ports: [{ name: "http", port, targetPort: "http" }],
    },
  };
}

export function ingressManifest(
  labelled: Labelled,
  { host, class: className, tlsSecret }: { host: string; class?: string | undefined; tlsSecret?: string | undefined },
  port: number,
): Resource {
  const backend = { service: { name: labelled.name, port: { number: port } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: labelled.name, labels: labelsOf(labelled) },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: tlsSecret }] }),
      rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
    },
  };
}

/** The pod that serves a bundle, whichever object makes it. */
import type { Resource } from "../../targets/kubernetes/cluster";
import { BUNDLE_INSIDE } from "../container/bundleImage";
import type { ReadyRoute, ServingPlan } from "../contract";
import { serverArguments } from "../local/settings";

/** s. What a version may take to come up when the settings do not say. */
export const PATIENCE = 600;
/** Where the app listens in a pod. */
export const PORT = 8080;
/** Of the cluster's secret. */
export const TOKEN_KEY = "token";
const SCRATCH = "/tmp";
/** s. A pod that is to end answers what comes on connections that are open, so that nobody is cut off. */
export const LINGER = 5;
/** s. What the app gives an answer, unless told otherwise. */
const ANSWER = 60;

/** s. What requests that are under way get when a pod is to end. */
export const drainOf = ({ settings: { limits } }: Pick<ServingPlan, "settings">) => Math.ceil(limits?.time ?? ANSWER);

export interface PodSettings {
  cpu?: string | number | undefined;
  memory?: string | undefined;
  gpus?: number | undefined;
  gpuResource?: string | undefined;
  serviceAccount?: string | undefined;
  nodeSelector?: Record<string, string> | undefined;
  imagePullSecrets?: readonly string[] | undefined;
  env?: Record<string, string> | undefined;
}

export interface PodParts {
  /** Of the container. */
  name: string;
  image: string;
  /** Of the secret with the token that callers show; null: they need none. */
  tokenSecret: string | null;
}

/** The container: not as root, on a file system that it cannot write to but for a scratch folder. */
export function servingContainer(
  route: Pick<ReadyRoute, "ready">,
  plan: Pick<ServingPlan, "settings">,
  settings: PodSettings,
  { name, image, tokenSecret }: PodParts,
): Resource {
  const variables = { HOME: SCRATCH, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1", PYTHONPATH: BUNDLE_INSIDE };
  const values = Object.entries({ ...variables, ...settings.env }).map(([key, value]) => ({ name: key, value }));
  const token = {
    name: "MODELTRAIL_SERVE_TOKEN",
    valueFrom: { secretKeyRef: { name: tokenSecret, key: TOKEN_KEY } },
  };
  return {
    name,
    image,
    command: ["python3", "-m", "modeltrail_serve"],
    args: [
      ...serverArguments({ ...route.ready, folder: BUNDLE_INSIDE }, plan.settings),
      ...["--host", "0.0.0.0", "--port", String(PORT)],
      ...["--linger-seconds", String(LINGER), "--drain-seconds", String(drainOf(plan))],
    ],
    workingDir: BUNDLE_INSIDE,
    env: tokenSecret === null ? values : [...values, token],
    resources: resourcesOf(settings),
    securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [{ name: "scratch", mountPath: SCRATCH }],
  };
}

export const SCRATCH_VOLUME = { name: "scratch", emptyDir: {} };

/** Memory and GPUs are limited to what is asked for; more of the CPU may be had when it is free. */
function resourcesOf({ cpu, memory, gpus, gpuResource }: PodSettings): Resource {
  const firm = {
    ...(memory === undefined ? {} : { memory }),
    ...(gpus === undefined ? {} : { [gpuResource ?? "nvidia.com/gpu"]: String(gpus) }),
  };
  const requests = { ...(cpu === undefined ? {} : { cpu: String(cpu) }), ...firm };
  return {
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
    ...(Object.keys(firm).length > 0 ? { limits: firm } : {}),
  };
}

/** Asked of the app, which opens its port when the model is there. */
export const probe = (path: string, more: Resource): Resource => ({ httpGet: { path, port: PORT }, ...more });

/** For Prometheus, as most of its installations look for it. Without a token, as it has none to show. */
export const scraped = (tokenSecret: string | null): Record<string, string> =>
  tokenSecret === null
    ? { "prometheus.io/scrape": "true", "prometheus.io/port": String(PORT), "prometheus.io/path": "/metrics" }
    : {};

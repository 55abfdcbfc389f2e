/** What objects of a deployment are called in a cluster, and how they are found. */
import { createHash } from "node:crypto";
import { imageName } from "../bundle/containerFiles";

/** Whose it is: another project may have a deployment of the same name. */
export const OWNER_LABEL = "modeltrail.dev/owner";
const DEPLOYMENT_LABEL = "modeltrail.dev/deployment";
export const VERSION_LABEL = "modeltrail.dev/version";
/** What is the same in all that makes a version be served as it is: its bundle, image, settings and token. */
export const SIGNATURE_LABEL = "modeltrail.dev/signature";
export const BUNDLE_ANNOTATION = "modeltrail.dev/bundle";

/** Services may have 63; some are left for what is appended. */
const LONGEST_NAME = 40;
const HASH = 12;

export const shortHash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, HASH);

/** As a label of DNS may be. Names that differ in what it may not have are told apart by a hash. */
export function clusterName(deployment: string): string {
  const plain = imageName(deployment);
  if (plain === deployment && plain.length <= LONGEST_NAME && /^[a-z]/.test(plain)) return plain;
  const start = /^[a-z]/.test(plain) ? plain : `m-${plain}`;
  return `${start.slice(0, LONGEST_NAME - 7).replace(/-+$/, "")}-${shortHash(deployment).slice(0, 6)}`;
}

export interface Labelled {
  /** As `clusterName` has it. */
  name: string;
  model: string;
  /** Of the store; null for manifests that are somebody else's to apply. */
  owner: string | null;
}

/** That all objects of a deployment have. */
export function labelsOf({ name, model, owner }: Labelled): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": "modeltrail",
    "app.kubernetes.io/name": imageName(model).slice(0, LONGEST_NAME).replace(/-+$/, ""),
    "app.kubernetes.io/instance": name,
    [DEPLOYMENT_LABEL]: name,
    ...(owner === null ? {} : { [OWNER_LABEL]: owner }),
  };
}

/** By which they are found. */
export const selectorOf = ({ name, owner }: { name: string; owner: string }) =>
  `${DEPLOYMENT_LABEL}=${name},${OWNER_LABEL}=${owner}`;

const inGroup = (group: string, namespace: string, resource: string) =>
  `/apis/${group}/namespaces/${namespace}/${resource}`;
const inCore = (namespace: string, resource: string) => `/api/v1/namespaces/${namespace}/${resource}`;

/** Paths of the API. */
export const servingPaths = {
  deployments: (namespace: string) => inGroup("apps/v1", namespace, "deployments"),
  ingresses: (namespace: string) => inGroup("networking.k8s.io/v1", namespace, "ingresses"),
  services: (namespace: string) => inCore(namespace, "services"),
  secrets: (namespace: string) => inCore(namespace, "secrets"),
  inferenceServices: (namespace: string) => inGroup("serving.kserve.io/v1beta1", namespace, "inferenceservices"),
  revisions: (namespace: string) => inGroup("serving.knative.dev/v1", namespace, "revisions"),
  /** `tail`: lines; each begins with when it was printed. */
  logTail: (namespace: string, pod: string, container: string, tail: number) =>
    `${inCore(namespace, "pods")}/${pod}/log?container=${container}&tailLines=${tail}&timestamps=true`,
};

export const withSelector = (path: string, selector: string) => `${path}?labelSelector=${encodeURIComponent(selector)}`;

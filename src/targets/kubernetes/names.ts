/** What our objects in a cluster are called, and how they are found. */

/** Of an object of this job: 43 characters, so that there is room for what controllers append. */
export const objectName = (job: string) => `modeltrail-${job}`;

export const JOB_LABEL = "modeltrail.dev/job";
const RUN_LABEL = "modeltrail.dev/run";

export const labelsOf = ({ id, run }: { id: string; run: string }): Record<string, string> => ({
  "app.kubernetes.io/managed-by": "modeltrail",
  [JOB_LABEL]: id,
  [RUN_LABEL]: run,
});

const core = (namespace: string) => `/api/v1/namespaces/${namespace}`;

/** Paths of the API. */
export const paths = {
  jobs: (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`,
  trainJobs: (namespace: string) => `/apis/trainer.kubeflow.org/v1alpha1/namespaces/${namespace}/trainjobs`,
  configMaps: (namespace: string) => `${core(namespace)}/configmaps`,
  pods: (namespace: string) => `${core(namespace)}/pods`,
  podsWith: (namespace: string, selector: string) =>
    `${core(namespace)}/pods?labelSelector=${encodeURIComponent(selector)}`,
  /** `since`: ms since the epoch; null: from its beginning. */
  log: (namespace: string, pod: string, container: string, since: number | null) => {
    const from = since === null ? "" : `&sinceTime=${encodeURIComponent(new Date(since).toISOString())}`;
    return `${core(namespace)}/pods/${pod}/log?container=${container}&follow=true${from}`;
  },
  mayI: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
};

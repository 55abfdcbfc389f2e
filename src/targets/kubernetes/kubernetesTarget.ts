/** Kubernetes: each job a Job of one pod. */
import type { MakeTarget } from "../registry";
import { makeClusterTarget } from "./clusterTarget";
import { CONTAINER, jobManifest, type KubernetesSettings } from "./manifests";
import { paths } from "./names";

export const makeKubernetesTarget: MakeTarget<KubernetesSettings> = (name, settings, { env }) =>
  makeClusterTarget(
    name,
    { ...settings, env },
    {
      ...{ apiVersion: "batch/v1", kind: "Job", group: "batch", resource: "jobs", path: paths.jobs },
      manifest: (plan, size) => jobManifest(plan, settings, size),
      container: CONTAINER,
      isFirst: () => true,
    },
  );

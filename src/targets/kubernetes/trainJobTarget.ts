/** Kubeflow Trainer: each job a TrainJob, of as many nodes as it wants. The record is that of the first node. */
import type { MakeTarget } from "../registry";
import { makeClusterTarget } from "./clusterTarget";
import { NODE, type TrainJobSettings, trainJobManifest } from "./manifests";
import { paths } from "./names";

const INDEX_LABEL = "batch.kubernetes.io/job-completion-index";

export const makeTrainJobTarget: MakeTarget<TrainJobSettings> = (name, settings, { env }) =>
  makeClusterTarget(
    name,
    { ...settings, env },
    {
      ...{ apiVersion: "trainer.kubeflow.org/v1alpha1", kind: "TrainJob" },
      ...{ group: "trainer.kubeflow.org", resource: "trainjobs", path: paths.trainJobs },
      manifest: (plan, size) => trainJobManifest(plan, settings, size),
      container: NODE,
      isFirst: ({ metadata }) => (metadata.labels?.[INDEX_LABEL] ?? "0") === "0",
    },
  );

/** Kubernetes: each job a Job of one pod. */
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import type { MakeTarget } from "../registry";
import { makeClusterTarget } from "./clusterTarget";
import { CONTAINER, jobManifest } from "./manifests";
import { paths } from "./names";

export const makeKubernetesTarget: MakeTarget<TargetOf<"kubernetes">> = (name, settings, { env }) => {
  const { image } = settings;
  if (image === undefined) {
    throw new UserError(`"${name}" serves models only: its \`image\` says what jobs run in, and there is none.`);
  }
  return makeClusterTarget(
    name,
    { ...settings, env },
    {
      ...{ apiVersion: "batch/v1", kind: "Job", group: "batch", resource: "jobs", path: paths.jobs },
      manifest: (plan, size) => jobManifest(plan, { ...settings, image }, size),
      container: CONTAINER,
      isFirst: () => true,
    },
  );
};

/** Where a cluster is, and what it is told of pods: for jobs, and for models that are served. */
import * as z from "zod/mini";
import { Duration } from "../duration";
import { Count, said, Text, Texts } from "./parts";

/** Where a cluster is, and what its pods ask for. */
export const cluster = {
  kubeconfig: z.optional(
    Text.check(said("The file with the cluster's address (default: KUBECONFIG, ~/.kube/config).")),
  ),
  context: z.optional(Text.check(said("The context in it (default: the current one)."))),
  namespace: z.optional(Text),
  serviceAccount: z.optional(Text),
  cpu: z.optional(z.union([Text, z.number()]).check(said("CPUs of a pod, such as 2 or 500m."))),
  memory: z.optional(Text.check(said("Memory of a pod, such as 8Gi."))),
  gpus: z.optional(Count),
  gpuResource: z.optional(Text.check(said("How the cluster calls a GPU (default: nvidia.com/gpu)."))),
  nodeSelector: z.optional(z.record(z.string(), z.string())),
  imagePullSecrets: z.optional(Texts.check(said("Names of the cluster's own secrets for its registries."))),
};

/** What pods of jobs ask for. */
export const pod = {
  image: Text.check(said("The image to run in.")),
  ...cluster,
  python: z.optional(Text.check(said("The Python in the image (default: python3)."))),
};

/** What serves models on a cluster. */
export const clusterServing = {
  image: z.optional(
    Text.check(
      said("The bundle's image, pushed by you or your CI; {model}, {version} and {hash} stand for what is served."),
    ),
  ),
  registry: z.optional(
    Text.check(
      said("Where images of bundles are pushed to when no image is given, such as registry.example.com/team."),
    ),
  ),
  build: z.optional(
    z
      .strictObject({
        program: z.optional(Text.check(said("What builds and pushes them: docker (default), podman or their like."))),
        base: z.optional(
          Text.check(said("The image that they are built on (default: python of the same version, slim).")),
        ),
      })
      .check(said("How images are built.")),
  ),
  patience: z.optional(Duration.check(said("How long a new version may take to come up (default: 10m)."))),
};

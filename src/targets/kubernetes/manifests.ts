/** The objects that are created in a cluster. */
import type { TargetOf } from "../../domain/targets";
import type { JobPlan } from "../contract";
import { bundleArguments, bundleCommand, bundleVolume, MOUNT_PATH, VOLUME } from "./bundleVolume";
import type { Resource } from "./cluster";
import { labelsOf, objectName } from "./names";

/** Of a target that runs jobs. */
export type KubernetesSettings = TargetOf<"kubernetes"> & { image: string };
export type TrainJobSettings = TargetOf<"trainjob">;
type PlannedJob = Pick<JobPlan, "id" | "run" | "name" | "gpus" | "limits">;

/** Of the container that the job runs in. */
export const CONTAINER = "job";
/** In Kubeflow's runtimes, the job and container of trainers. */
export const NODE = "node";
/** s. The agent keeps the limit; should it fail to, the cluster does, and then the log is gone. */
const SPARE_SECONDS = 300;
/** s. The agent gives its command two graces of 5 s, and sends what there is. */
const GRACE_SECONDS = 60;
/** s. Ours is removed when we have what it said; what nobody comes for, after a week. */
const KEPT_SECONDS = 7 * 24 * 3600;
const PATCH_MANAGER = "modeltrail.dev/launcher";

/** `size`: of the bundle, bytes. */
export function jobManifest(plan: PlannedJob, settings: KubernetesSettings, size: number): Resource {
  const { volumes = [], queue } = settings;
  const claims = volumes.map(({ claim, readOnly }, index) => ({
    name: `claim-${index}`,
    persistentVolumeClaim: { claimName: claim, ...(readOnly ? { readOnly } : {}) },
  }));
  const mounts = volumes.map(({ path, readOnly }, index) => ({
    ...{ name: `claim-${index}`, mountPath: path },
    ...(readOnly ? { readOnly } : {}),
  }));
  const labels = labelsOf(plan);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...metadata(plan),
      labels: { ...labels, ...(queue === undefined ? {} : { "kueue.x-k8s.io/queue-name": queue }) },
    },
    spec: {
      // A job is started once: a second try would be another run.
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      ...deadline(plan),
      ttlSecondsAfterFinished: KEPT_SECONDS,
      // Kueue starts what it has room for.
      ...(queue === undefined ? {} : { suspend: true }),
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: GRACE_SECONDS,
          ...placement(settings),
          containers: [
            {
              name: CONTAINER,
              image: settings.image,
              command: bundleCommand(settings.python ?? "python3"),
              args: bundleArguments(size),
              resources: resources(plan, settings),
              volumeMounts: [{ name: VOLUME, mountPath: MOUNT_PATH, readOnly: true }, ...mounts],
            },
          ],
          volumes: [bundleVolume(plan.id, size), ...claims],
        },
      },
    },
  };
}

/** https://www.kubeflow.org/docs/components/trainer/ (version 2.2 or later, for `runtimePatches`) */
export function trainJobManifest(plan: PlannedJob, settings: TrainJobSettings, size: number): Resource {
  const patch = {
    metadata: { labels: labelsOf(plan) },
    spec: {
      ...placement(settings),
      terminationGracePeriodSeconds: GRACE_SECONDS,
      volumes: [bundleVolume(plan.id, size)],
      containers: [{ name: NODE, volumeMounts: [{ name: VOLUME, mountPath: MOUNT_PATH, readOnly: true }] }],
    },
  };
  return {
    apiVersion: "trainer.kubeflow.org/v1alpha1",
    kind: "TrainJob",
    metadata: { ...metadata(plan), labels: labelsOf(plan) },
    spec: {
      runtimeRef: { name: settings.runtime },
      trainer: {
        ...(settings.image === undefined ? {} : { image: settings.image }),
        command: bundleCommand(settings.python ?? "python3"),
        args: bundleArguments(size),
        numNodes: settings.nodes ?? 1,
        resourcesPerNode: resources(plan, settings),
      },
      ...deadline(plan),
      runtimePatches: [
        {
          manager: PATCH_MANAGER,
          trainingRuntimeSpec: {
            template: { spec: { replicatedJobs: [{ name: NODE, template: { spec: { template: patch } } }] } },
          },
        },
      ],
    },
  };
}

const metadata = (plan: PlannedJob) => ({
  name: objectName(plan.id),
  annotations: { "modeltrail.dev/name": plan.name },
});

const deadline = ({ limits: { seconds } }: PlannedJob) =>
  seconds === undefined ? {} : { activeDeadlineSeconds: Math.ceil(seconds) + SPARE_SECONDS };

type Pod = Pick<KubernetesSettings, "serviceAccount" | "nodeSelector" | "imagePullSecrets">;

/** Where pods may be, and as whom. */
export const placement = ({ serviceAccount, nodeSelector, imagePullSecrets }: Pod) => ({
  ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
  ...(nodeSelector === undefined ? {} : { nodeSelector }),
  ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
});

type Amounts = Pick<KubernetesSettings, "cpu" | "memory" | "gpus" | "gpuResource">;

/** Asked for and limited to the same: what a job gets does not depend on its neighbours. */
function resources({ gpus: wanted, limits }: PlannedJob, { cpu, memory, gpus, gpuResource }: Amounts): Resource {
  const bytes = limits.memory === undefined ? memory : String(Math.ceil(limits.memory));
  const count = wanted > 0 ? wanted : gpus;
  const amounts = {
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(bytes === undefined ? {} : { memory: bytes }),
    ...(count === undefined ? {} : { [gpuResource ?? "nvidia.com/gpu"]: String(count) }),
  };
  return { requests: amounts, limits: amounts };
}

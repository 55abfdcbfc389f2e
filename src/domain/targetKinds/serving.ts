/** Targets that serve models and run no jobs, by kind. What a text in a setting means is the business of the kind's room in src/deploy/. */
import * as z from "zod/mini";
import { Duration } from "../duration";
import { cluster, clusterServing } from "./cluster";
import { Count, Env, said, Text, Texts } from "./parts";

/** What every place that only serves models can say. */
const serving = {
  costPerHour: z.optional(z.number().check(z.nonnegative(), said("What an hour of serving costs, in any currency."))),
  env: z.optional(Env.check(said("Variables that the app that serves gets. Never secrets."))),
};

const Replicas = z.int().check(z.nonnegative());

const KServeTarget = z.strictObject({
  kind: z.literal("kserve"),
  ...cluster,
  ...clusterServing,
  minReplicas: z.optional(Replicas.check(said("Pods that are always there; 0 lets it sleep (default: 1)."))),
  maxReplicas: z.optional(Count.check(said("Pods that there are at most (default: as many as are needed)."))),
  scaleMetric: z.optional(
    z.enum(["concurrency", "rps"]).check(said("What pods are added by (default: requests at the same time).")),
  ),
  scaleTarget: z.optional(Count.check(said("How much of that each pod gets."))),
  gateway: z.optional(
    z
      .string()
      .check(
        z.regex(/^[\w.-]+\/[\w.-]+(?::\d+)?$/, "is not like NAMESPACE/SERVICE or NAMESPACE/SERVICE:PORT"),
        said(
          "The Service of the cluster's ingress, such as istio-system/istio-ingressgateway, when its addresses cannot be reached from here.",
        ),
      ),
  ),
  ...serving,
});

const MlflowTarget = z.strictObject({
  kind: z.literal("mlflow"),
  python: z.optional(Text.check(said("A Python with mlflow and the model's packages (default: the project's)."))),
  ...serving,
});

const SageMakerTarget = z.strictObject({
  kind: z.literal("sagemaker"),
  region: z.optional(Text.check(said("Where it is served, such as eu-west-1 (default: that of `aws`)."))),
  profile: z.optional(Text.check(said("The profile of `aws` to sign in with (default: its own)."))),
  program: z.optional(Text.check(said("The AWS command line program (default: aws on PATH, else the project's)."))),
  role: Text.check(
    z.regex(
      /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/,
      "is no ARN of a role, such as arn:aws:iam::123456789012:role/serve",
    ),
    said("The ARN of the role that SageMaker takes to read the bundle and the image."),
  ),
  image: Text.check(
    said(
      "The image in Amazon ECR. With `bucket`, one that has the packages; without, one of each bundle: {hash}, {version} and {model} in it stand for the bundle's.",
    ),
  ),
  bucket: z.optional(
    Text.check(
      z.regex(/^s3:\/\/[a-z0-9][a-z0-9.-]+[a-z0-9](?:\/[\w.-]+)*$/, "is no address like s3://bucket/folder"),
      said("Where bundles are put for the image, such as s3://bucket/models; without it, the bundle is in the image."),
    ),
  ),
  endpoint: z.optional(
    Text.check(
      z.regex(/^[A-Za-z0-9](?:-*[A-Za-z0-9]){0,38}$/, "is no name of up to 39 letters, digits and `-`"),
      said("The endpoint's name, when callers are to know it before (default: made of the deployment's)."),
    ),
  ),
  instanceType: z.optional(Text.check(said("Of each instance (default: ml.m5.large)."))),
  instanceCount: z.optional(Count.check(said("Of each version (default: 1)."))),
  serverless: z.optional(
    z
      .strictObject({
        memory: z.optional(
          z
            .literal([1024, 2048, 3072, 4096, 5120, 6144])
            .check(said("MB that each copy of the app has (default: 2048).")),
        ),
        concurrency: z.optional(Count.check(said("Requests at the same time (default: 5)."))),
      })
      .check(said("Without instances: paid by request, for one version at a time.")),
  ),
  alarms: z.optional(
    Texts.check(said("Alarms of CloudWatch: when one goes off while a version is brought in, SageMaker goes back.")),
  ),
  subnets: z.optional(Texts.check(said("Ids of the subnets that the app is reached from and reaches."))),
  securityGroups: z.optional(Texts.check(said("Ids of its security groups."))),
  startTime: z.optional(Duration.check(said("How long a version may take to start, 1m to 60m (default: AWS's own)."))),
  ...serving,
});

const VertexTarget = z.strictObject({
  kind: z.literal("vertex"),
  project: Text.check(said("The Google Cloud project, by its id.")),
  region: Text.check(said("Where it is served, such as europe-west4.")),
  image: Text.check(
    said(
      "The image in Artifact Registry. With `bucket`, one that has the packages; without, one of each bundle: {hash}, {version} and {model} in it stand for the bundle's.",
    ),
  ),
  bucket: z.optional(
    Text.check(
      z.regex(/^gs:\/\/[^/]+/, "is no address like gs://bucket/folder"),
      said("Where bundles are put for the image, such as gs://bucket/models; without it, the bundle is in the image."),
    ),
  ),
  machineType: z.optional(Text.check(said("Of each replica (default: n1-standard-2)."))),
  minReplicas: z.optional(Count.check(said("Default: 1."))),
  maxReplicas: z.optional(Count.check(said("Default: as many as `minReplicas`."))),
  accelerator: z.optional(
    z.strictObject({
      type: Text.check(said("Such as nvidia-tesla-t4.")),
      count: z.optional(Count),
    }),
  ),
  serviceAccount: z.optional(Text.check(said("What the app that serves acts as."))),
  ...serving,
});

const AzureMlTarget = z.strictObject({
  kind: z.literal("azureml"),
  workspace: Text.check(said("The workspace of Azure Machine Learning.")),
  resourceGroup: Text.check(said("The resource group that it is in.")),
  subscription: z.optional(Text.check(said("The subscription, by name or id (default: that of `az`)."))),
  endpoint: z.optional(
    Text.check(
      z.regex(/^[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]$/, "is no name of 3 to 32 letters, digits and `-`"),
      said("The endpoint's name, of which there is one in a region (default: made of the deployment's)."),
    ),
  ),
  image: z.optional(Text.check(said("The image that the packages are installed in (default: Azure's own, Ubuntu)."))),
  instanceType: z.optional(Text.check(said("Of each instance (default: Standard_DS3_v2)."))),
  instanceCount: z.optional(Count.check(said("Of each version (default: 1)."))),
  ...serving,
});

/** Kinds that serve models and run no jobs. */
export const SERVING_KINDS = {
  kserve: KServeTarget,
  mlflow: MlflowTarget,
  sagemaker: SageMakerTarget,
  vertex: VertexTarget,
  azureml: AzureMlTarget,
} as const;

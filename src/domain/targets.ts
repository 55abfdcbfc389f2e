/**
 * `targets:` and `local:` of modeltrail.yaml: places to run, by name. Each kind has its object here; what a text in it means
 * is the business of the kind's room in src/targets/. Descriptions are what an editor shows.
 */
import * as z from "zod/mini";
import type { JobLimits } from "./job";
import { LOCAL } from "./localTarget";
import { parseDuration } from "./parseDuration";
import { isSecretName, MASK, maskArguments, maskText } from "./secrets";
import { Size } from "./size";

const said = (text: string) => z.describe(text);

const Text = z.string().check(z.minLength(1));
const Texts = z.array(Text);
const Argv = z.array(Text).check(z.minLength(1));
const Count = z.int().check(z.positive());
const HttpUrl = z.string().check(z.regex(/^https?:\/\//, "is not an address that begins with http:// or https://"));

/** Seconds: a number, or a text like "2h30m". */
export const Duration = z.pipe(
  z
    .custom<string | number>((value) => (durationOf(value) ?? 0) > 0, 'is not a duration like "2h30m"')
    .check(z.meta({ type: ["string", "number"], examples: ["30m", "2h30m"] })),
  z.transform((value) => durationOf(value)!),
);

function durationOf(value: unknown): number | undefined {
  if (typeof value === "string") return parseDuration(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export const LimitSettings = z.strictObject({
  time: z.optional(Duration.check(said("How long a job may run, such as 2h30m."))),
  memory: z.optional(Size.check(said("Memory of all of a job's processes, such as 16GB."))),
  cost: z.optional(z.number().check(z.positive(), said("What a job may cost, by costPerHour."))),
});
export type LimitSettings = z.infer<typeof LimitSettings>;

/** Limits as jobs have them. */
export function jobLimits({ time, memory, cost }: LimitSettings): JobLimits {
  return {
    ...(time === undefined ? {} : { seconds: time }),
    ...(memory === undefined ? {} : { memory }),
    ...(cost === undefined ? {} : { cost }),
  };
}

const VariableName = z.string().check(z.regex(/^[A-Za-z_]\w*$/, "is no name of a variable"));
const VariableValue = z.pipe(z.union([z.string(), z.number(), z.boolean()]), z.transform(String));
const Env = z.record(VariableName, VariableValue);

/** What every target can say. */
const common = {
  slots: z.optional(Count.check(said("Jobs at the same time; without it, as many as there are."))),
  costPerHour: z.optional(z.number().check(z.nonnegative(), said("What an hour of a job costs, in any currency."))),
  limits: z.optional(LimitSettings.check(said("What a job may take, unless it says so itself."))),
  env: z.optional(Env.check(said("Variables that the command gets. Never secrets."))),
  data: z.optional(
    Texts.check(said("Globs of files in the project to send along, besides what earlier runs of the script read.")),
  ),
};

/** The Python of a machine that is reached through its files. */
const environment = {
  python: z.optional(Text.check(said("The Python on the target, when the command says python."))),
  conda: z.optional(Text.check(said("A conda environment on the target, by name or folder."))),
  venv: z.optional(
    z
      .literal("snapshot")
      .check(said("A virtual environment made on the target of the packages that the project names or runs here.")),
  ),
  folder: z.optional(Text.check(said("Where jobs live on the target (default: ~/.modeltrail/jobs)."))),
  fileLimit: z.optional(
    Size.check(
      said("Larger files that the command wrote stay on the target, such as 2GB (default: all are brought here)."),
    ),
  ),
};

/** What `ssh` is given. */
const sshConfig = z.optional(
  Text.check(said("A configuration file for ssh instead of your own, relative to the project.")),
);

const SshTarget = z.strictObject({
  kind: z.literal("ssh"),
  host: Text.check(said("A host as `ssh` takes it: user@host, or a Host of your ssh config.")),
  sshConfig,
  ...environment,
  ...common,
});

const SlurmTarget = z.strictObject({
  kind: z.literal("slurm"),
  host: z.optional(Text.check(said("The login node, as `ssh` takes it; without it, this machine."))),
  sshConfig,
  partition: z.optional(Text),
  account: z.optional(Text),
  qos: z.optional(Text),
  time: z.optional(Duration.check(said("Wall time of the allocation, such as 2h."))),
  memory: z.optional(Size.check(said("Memory of the allocation, such as 16GB."))),
  cpus: z.optional(Count.check(said("CPUs of a task."))),
  gres: z.optional(Text.check(said("Generic resources, such as gpu:a100:1."))),
  nodes: z.optional(Count),
  options: z.optional(Texts.check(said("More words for sbatch, such as --constraint=v100."))),
  setup: z.optional(Texts.check(said("Lines of shell before the command, such as module load cuda."))),
  ...environment,
  ...common,
});

const container = {
  image: z.optional(
    Text.check(said("The image to run in; without it, one is built of the snapshot and its packages.")),
  ),
  build: z.optional(
    z
      .strictObject({
        base: z.optional(
          Text.check(said("The image that it is built on (default: python of the same version, slim).")),
        ),
        file: z.optional(Text.check(said("A Dockerfile of the project's own."))),
        packages: z.optional(Texts.check(said("Packages of the base's distribution to install."))),
      })
      .check(said("How the image is built.")),
  ),
};

const ContainerTarget = (kind: "docker" | "podman") =>
  z.strictObject({
    kind: z.literal(kind),
    ...container,
    program: z.optional(Text.check(said("The command line program, such as nerdctl (default: the kind's own)."))),
    context: z.optional(Text.check(said("The engine, as the program knows it, when it is not this machine's."))),
    python: z.optional(Text.check(said("The Python in the image (default: python3)."))),
    gpus: z.optional(z.union([Count, z.literal("all")]).check(said("GPUs of each container."))),
    memory: z.optional(Size.check(said("Memory of each container, such as 8GB."))),
    cpus: z.optional(z.number().check(z.positive())),
    volumes: z.optional(Texts.check(said("More folders, such as /data:/data:ro."))),
    network: z.optional(Text),
    options: z.optional(Texts.check(said("More words for `run`."))),
    ...common,
  });

/** Where a cluster is, and what its pods ask for. */
const cluster = {
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
const pod = {
  image: Text.check(said("The image to run in.")),
  ...cluster,
  python: z.optional(Text.check(said("The Python in the image (default: python3)."))),
};

/** What serves models on a cluster. */
const clusterServing = {
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

const KubernetesServing = z.strictObject({
  ...clusterServing,
  replicas: z.optional(Count.check(said("Pods of each version (default: 1)."))),
  service: z.optional(
    z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).check(said("The type of the Service (default: ClusterIP).")),
  ),
  ingress: z.optional(
    z
      .strictObject({
        host: Text.check(said("The name by which it is reached from outside.")),
        class: z.optional(Text.check(said("The ingress class (default: the cluster's)."))),
        tlsSecret: z.optional(Text.check(said("The cluster's own secret with the certificate."))),
      })
      .check(said("An Ingress for the Service.")),
  ),
});

const KubernetesTarget = z
  .strictObject({
    kind: z.literal("kubernetes"),
    ...pod,
    image: z.optional(Text.check(said("The image that jobs run in."))),
    volumes: z.optional(
      z
        .array(z.strictObject({ claim: Text, path: Text, readOnly: z.optional(z.boolean()) }))
        .check(said("Persistent volume claims of the cluster, and where they are mounted.")),
    ),
    queue: z.optional(Text.check(said("The local queue of Kueue."))),
    serving: z.optional(KubernetesServing.check(said("How models are served there."))),
    ...common,
  })
  .check(
    z.refine(
      (target) => target.image !== undefined || target.serving !== undefined,
      "has neither an `image` to run jobs in nor `serving`",
    ),
  );

const TrainJobTarget = z.strictObject({
  kind: z.literal("trainjob"),
  ...pod,
  image: z.optional(Text.check(said("The image to run in (default: the runtime's)."))),
  runtime: Text.check(said("A ClusterTrainingRuntime of the cluster, such as torch-distributed.")),
  nodes: z.optional(Count),
  ...common,
});

const RayTarget = z.strictObject({
  kind: z.literal("ray"),
  address: HttpUrl.check(said("The dashboard's address, such as http://head:8265.")),
  tokenVariable: z.optional(VariableName.check(said("The environment variable that holds the access token."))),
  python: z.optional(Text),
  packages: z.optional(Texts.check(said("Packages that Ray installs for each job."))),
  cpus: z.optional(z.number().check(z.positive())),
  gpus: z.optional(z.number().check(z.positive())),
  ...common,
});

/** Of targets that are a program of somebody else's: see src/targets/driven/. */
const driven = {
  python: z.optional(Text.check(said("The Python that starts the job there (default: python3)."))),
  fileLimit: z.optional(Size.check(said("Larger files do not come home through the log (default: 16MB)."))),
};

/** What a program prints of a job, by what that means. */
const Pattern = z
  .string()
  .check(z.refine(isPattern, "is no regular expression"), said("A regular expression for what `status` prints."));

function isPattern(text: string): boolean {
  try {
    return text !== "" && new RegExp(text, "m") !== null;
  } catch {
    return false;
  }
}

/** Any program that can start a job and say how it stands: see docs/targets.md. */
const CommandTarget = z.strictObject({
  kind: z.literal("command"),
  submit: Argv.check(
    said("Starts {command...}, or sends {folder} and starts {command-there...} in it. Prints the job's id."),
  ),
  id: z.optional(
    Pattern.check(said("A regular expression with a group: the id in what `submit` prints (default: its last word).")),
  ),
  status: Argv.check(said("Says how the job {job} stands.")),
  states: z
    .strictObject({
      waiting: z.optional(Pattern),
      running: z.optional(Pattern),
      finished: z.optional(Pattern),
      failed: z.optional(Pattern),
      killed: z.optional(Pattern),
      gone: z.optional(Pattern),
    })
    .check(said("What `status` prints, as regular expressions; what fits none is not understood, and asked again.")),
  log: Argv.check(said("Prints what the job {job} has printed, from its beginning, and may go on as it grows.")),
  cancel: Argv.check(said("Ends the job {job}.")),
  clean: z.optional(Argv.check(said("Removes what is left of the job {job}."))),
  check: z.optional(Argv.check(said("Fails when a job would; what it prints says why."))),
  ...driven,
  ...common,
});

/** Of a program or extension: its kind has a dot in it, and the rest is its own. */
const OwnKind = z
  .string()
  .check(z.regex(/^[a-z][\w-]*(?:\.[\w-]+)+$/, "is no kind: those of extensions are like vendor.kind"));
const ForeignTarget = z.looseObject({ kind: OwnKind, ...driven, ...common });

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

/** Kinds that run jobs; some of them serve models, too. */
export const TARGET_KINDS = {
  ssh: SshTarget,
  slurm: SlurmTarget,
  docker: ContainerTarget("docker"),
  podman: ContainerTarget("podman"),
  kubernetes: KubernetesTarget,
  trainjob: TrainJobTarget,
  ray: RayTarget,
  command: CommandTarget,
} as const;
export type TargetKind = keyof typeof TARGET_KINDS;
/** The settings of a target of this kind, as its room gets them. */
export type TargetOf<Kind extends TargetKind> = z.infer<(typeof TARGET_KINDS)[Kind]>;

/** Kinds that serve models and run no jobs. */
export const SERVING_KINDS = {
  kserve: KServeTarget,
  mlflow: MlflowTarget,
  sagemaker: SageMakerTarget,
  vertex: VertexTarget,
  azureml: AzureMlTarget,
} as const;
export type ServingKind = keyof typeof SERVING_KINDS;
/** The settings of a place of this kind, as its room gets them. */
export type ServingOf<Kind extends ServingKind> = z.infer<(typeof SERVING_KINDS)[Kind]>;

export type ForeignTargetSettings = z.infer<typeof ForeignTarget>;
export type KnownTargetSettings = { [Kind in TargetKind]: TargetOf<Kind> }[TargetKind];
export type ServingTargetSettings = { [Kind in ServingKind]: ServingOf<Kind> }[ServingKind];
/** Of what runs jobs. */
export type JobTargetSettings = KnownTargetSettings | ForeignTargetSettings;
export type TargetSettings = JobTargetSettings | ServingTargetSettings;

const OWN_KINDS = { ...TARGET_KINDS, ...SERVING_KINDS };

/** For the JSON schema of the file: what a target may look like. */
export const TARGET_SCHEMAS: readonly z.ZodMiniType[] = [...Object.values(OWN_KINDS), ForeignTarget];

/** Whether the settings are of a kind of jobs that we know ourselves. */
export function isKnownTarget(settings: TargetSettings): settings is KnownTargetSettings {
  return Object.hasOwn(TARGET_KINDS, settings.kind);
}

/** Whether the settings are of a place that only serves models. */
export function onlyServes(settings: TargetSettings): settings is ServingTargetSettings {
  return Object.hasOwn(SERVING_KINDS, settings.kind);
}

/** By hand rather than as a union, so that what is said of a mistake is about the kind that was meant. */
const TargetSettings = z.pipe(
  z.looseObject({ kind: z.string() }),
  z.transform((value, context): TargetSettings => {
    const { kind } = value;
    if (!kind.includes(".") && !Object.hasOwn(OWN_KINDS, kind)) {
      context.issues.push({ code: "invalid_value", values: Object.keys(OWN_KINDS), path: ["kind"], input: kind });
      return z.NEVER;
    }
    const schema: z.ZodMiniType = kind.includes(".") ? ForeignTarget : OWN_KINDS[kind as keyof typeof OWN_KINDS];
    const { error, data } = schema.safeParse(value);
    const issues = error?.issues ?? [];
    context.issues.push(...issues.map((issue) => ({ ...issue, input: undefined }) as z.core.$ZodRawIssue));
    context.issues.push(...secretIssues(value));
    return data as TargetSettings;
  }),
);

/** The file is shared, and so no place for secrets. */
function secretIssues(value: unknown, path: PropertyKey[] = []): z.core.$ZodRawIssue[] {
  if (typeof value === "string") {
    const isSecret = path.length > 1 && path[0] === "env" && isSecretName(String(path.at(-1)));
    return (isSecret && value !== "" && value !== MASK) || maskText(value) !== value ? [secretIssue(path)] : [];
  }
  if (Array.isArray(value)) {
    const words = value.map(String);
    return maskArguments(words).flatMap((masked, at) => (masked === words[at] ? [] : [secretIssue([...path, at])]));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretIssues(inner, [...path, key]));
}

function secretIssue(path: PropertyKey[]): z.core.$ZodRawIssue {
  const message =
    "looks like a secret, and modeltrail.yaml is no place for one: leave it out, and set it where the command runs or in the environment that Modeltrail is started from";
  return { code: "custom", message, path, input: undefined };
}

/** `local` is this machine itself, which is always there. */
const TargetName = z.string().check(
  z.regex(/^[A-Za-z0-9][\w.-]*$/, "is no name of letters, digits, `_`, `.` and `-`"),
  z.refine((name) => name !== LOCAL, "is this machine itself, whose settings stand under `local:`"),
);

export const Targets = z.record(TargetName, TargetSettings);

/** The queue of this machine. */
export const LocalSettings = z.strictObject({
  slots: z.optional(Count.check(said("Queued jobs at the same time (default: 1)."))),
  gpus: z.optional(
    z
      .union([z.int().check(z.nonnegative()), z.array(z.union([z.int().check(z.nonnegative()), Text]))])
      .check(said("GPUs that queued jobs may have: how many, or which, as CUDA_VISIBLE_DEVICES names them.")),
  ),
  costPerHour: common.costPerHour,
  limits: common.limits,
});
export type LocalSettings = z.infer<typeof LocalSettings>;

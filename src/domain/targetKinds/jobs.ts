/**
 * Targets that run jobs, by kind. What a text in a setting means is the business of the kind's room in src/targets/, and of the
 * one in src/deploy/ where models are served there, too. Descriptions are what an editor shows.
 */
import * as z from "zod/mini";
import { Duration } from "../duration";
import { LimitSettings } from "../limitSettings";
import { Size } from "../size";
import { clusterServing, pod } from "./cluster";
import { Argv, Count, Env, HttpUrl, said, Text, Texts, VariableName } from "./parts";

/** What every target can say. */
export const common = {
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
export const ForeignTarget = z.looseObject({ kind: OwnKind, ...driven, ...common });

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

import * as z from "zod/mini";
import { Deployments } from "./deploymentSettings";
import { Entries } from "./entries";
import { EvaluationSettings, Gates } from "./gateSettings";
import { Size } from "./size";
import { SweepDefinition } from "./sweep";
import { LocalSettings, Targets } from "./targets";

const Days = z.number().check(z.nonnegative());

const Text = z.string().check(z.minLength(1));

/** A rule for lines of output: see docs/metrics.md. */
export const OutputRule = z.strictObject({
  /** A regular expression with the group `value`, and perhaps `name`, `step`, `epoch` and others. */
  pattern: Text,
  /** The metric; groups are put in for {group}. Default: the group `name`. */
  name: z.optional(Text),
  /** The step, likewise. Default: the group `step`. */
  step: z.optional(Text),
});
export type OutputRule = z.infer<typeof OutputRule>;

/** How output lines are read for metrics. */
export const MetricsSettings = z.strictObject({
  rules: z.nullish(z.array(OutputRule)),
  /** Metrics that output lines never make, `*` standing for any text; or lines, by a pattern, that are passed over. */
  ignore: z.nullish(z.array(z.union([Text, z.strictObject({ line: Text })]))),
  /** False: only the rules above. */
  builtIn: z.optional(z.boolean()),
});
export type MetricsSettings = z.infer<typeof MetricsSettings>;

/** `modeltrail.yaml` at a project's root. All of it is optional; an empty file only marks the root. */
export const ProjectFile = z.strictObject({
  /** Globs of data that every run depends on, relative to the root, e.g. "shared/*.parquet". */
  data: z.nullish(z.array(z.string())),
  /** Globs by the name of the dataset that their files are, relative to the root. */
  datasets: z.nullish(z.record(z.string().check(z.minLength(1)), z.union([z.string(), z.array(z.string())]))),
  /** Models served under a name: see docs/deploy.md. */
  deployments: z.nullish(Deployments),
  /** Commands of the project by name: see docs/jobs.md. */
  entries: z.nullish(Entries),
  /** The rows that gates judge models by. */
  evaluation: z.nullish(EvaluationSettings),
  /** What a model version has to pass before it is promoted or deployed: see docs/gates.md. */
  gates: z.nullish(Gates),
  /** What of the data is kept: of files larger than `maxFileSize` only the hash. */
  keep: z.nullish(z.strictObject({ maxFileSize: z.optional(Size) })),
  /** What MLflow is made to log: see docs/mlflow.md. */
  mlflow: z.nullish(z.strictObject({ autolog: z.nullish(z.boolean()) })),
  /** Own rules for output lines. */
  metrics: z.nullish(MetricsSettings),
  /** Files with a request that a model takes, relative to the root, by the model's name: see docs/bundles.md. */
  samples: z.nullish(z.record(Text, Text)),
  /** What is kept for how long; see docs/space.md. */
  space: z.nullish(
    z.strictObject({
      /** Bytes that the store may take: a size like "10GB", or a number of bytes. */
      budget: z.optional(Size),
      /** Days after which `gc` frees deleted runs, and scratch runs. */
      keepDeletedDays: z.optional(Days),
      keepScratchDays: z.optional(Days),
    }),
  ),
  /** Searches for the best values of a command's params, by name: see docs/sweeps.md. */
  sweeps: z.nullish(z.record(z.string().check(z.minLength(1)), SweepDefinition)),
  /** Places to run, by name: see docs/targets.md. */
  targets: z.nullish(Targets),
  /** The queue of this machine: see docs/queue.md. */
  local: z.nullish(LocalSettings),
});
export type ProjectFile = z.infer<typeof ProjectFile>;

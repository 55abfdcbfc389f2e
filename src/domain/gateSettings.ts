/**
 * `gates:` and `evaluation:` of modeltrail.yaml: what a model version has to pass before it is promoted or deployed, and the
 * data that this is found out with. Descriptions are what an editor shows; docs/gates.md tells more.
 */
import * as z from "zod/mini";
import { Duration } from "./duration";
import { EntryCommand } from "./entries";
import { GatedStep } from "./gate";
import { Size } from "./size";

const said = (text: string) => z.describe(text);

const Text = z.string().check(z.minLength(1));
const Texts = z.array(Text);
const Count = z.int().check(z.positive());
const Share = z.number().check(z.minimum(0), z.maximum(1));
const Limit = z.number().check(z.nonnegative());
const Confidence = z.number().check(z.gte(0.5), z.lt(1));

/** A class, or another value of a cell, as YAML has it. */
const CellValue = z.union([z.string(), z.number(), z.boolean()]);

/** Figures that a model can be measured by on rows with labels. */
export const EVALUATED_METRICS = {
  classification: ["accuracy", "balanced_accuracy", "f1", "precision", "recall", "log_loss", "roc_auc"],
  regression: ["mse", "rmse", "mae", "r2"],
} as const;
export type EvaluatedMetric = (typeof EVALUATED_METRICS)[keyof typeof EVALUATED_METRICS][number];
const EvaluatedMetric = z.enum([...EVALUATED_METRICS.classification, ...EVALUATED_METRICS.regression]);

export const EvaluationSettings = z.strictObject({
  file: z.optional(
    Text.check(said("Rows that the model was not trained on: a CSV, Parquet or JSON Lines file in the project.")),
  ),
  label: z.optional(Text.check(said("The column with what should be predicted."))),
  positive: z.optional(CellValue.check(said("The class that counts as yes (default, of two: 1, true, or the last)."))),
  group: z.optional(Text.check(said("The column with the groups that a model should be fair to."))),
  features: z.optional(Texts.check(said("Columns that the model is given (default: those that it takes)."))),
  task: z.optional(
    z.enum(["classification", "regression"]).check(said("Default: by the labels; fractions are regression.")),
  ),
  rows: z.optional(Count.check(said("Rows at the most; of more, some are drawn by a fixed seed (default: 20,000)."))),
});
export type EvaluationSettings = z.infer<typeof EvaluationSettings>;

/** What every gate can say. */
const common = {
  models: z.optional(Texts.check(said("Names of the models that it is for; `*` stands for any text (default: all)."))),
  before: z.optional(
    z
      .array(GatedStep)
      .check(z.minLength(1), said("Before which steps it has to be passed (default: promote and deploy).")),
  ),
};

/** Of gates that let the model predict. */
const evaluated = {
  evaluation: z.optional(EvaluationSettings.check(said("What is different from `evaluation` for this gate."))),
};

const hasOne =
  <T extends object>(...keys: (keyof T & string)[]) =>
  (settings: T) =>
    keys.some((key) => settings[key] !== undefined);

const MetricGate = z
  .strictObject({
    kind: z.literal("metric"),
    metric: Text.check(said("A metric of the run that made the model.")),
    min: z.optional(z.number().check(said("It must be at least this."))),
    max: z.optional(z.number().check(said("It must be at most this."))),
    take: z.optional(z.enum(["last", "best"]).check(said("Which value counts (default: last)."))),
    ...common,
  })
  .check(z.refine(hasOne("min", "max"), "says neither `min` nor `max`"));

const ChampionGate = z.strictObject({
  kind: z.literal("champion"),
  alias: z.optional(Text.check(said("The alias of the version to compare with (default: champion)."))),
  metric: z.optional(
    EvaluatedMetric.check(
      said("What is compared (default: accuracy, by McNemar's test; of numbers, the mean squared error)."),
    ),
  ),
  margin: z.optional(
    Limit.check(said("How much worse it may be; it has to be shown not to be worse than that (default: not shown).")),
  ),
  confidence: z.optional(Confidence.check(said("How sure that has to be (default: 0.95)."))),
  minRows: z.optional(Count.check(said("With fewer rows nothing is said (default: 30)."))),
  ...evaluated,
  ...common,
});

const FiniteGate = z.strictObject({
  kind: z.literal("finite"),
  predictions: z.optional(
    z.boolean().check(said("Whether predictions are looked at, too (default: with `evaluation`).")),
  ),
  ...evaluated,
  ...common,
});

const ConvergenceGate = z.strictObject({
  kind: z.literal("convergence"),
  metric: z.optional(Text.check(said("The series that should have become better (default: the training's loss)."))),
  improvement: z.optional(
    Limit.check(said("How much better the best has to be than the start, as a share of it (default: 0.01).")),
  ),
  rise: z.optional(
    Limit.check(said("How much worse than the best the end may be, as a share of the improvement (default: 0.2).")),
  ),
  slope: z.optional(
    Limit.check(said("How much of the improvement may still come in the last tenth of the steps (default: 0.1).")),
  ),
  ...common,
});

const DataColumn = z.strictObject({
  type: z.optional(z.enum(["boolean", "integer", "number", "time", "text"])),
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  missing: z.optional(Share.check(said("The share of rows, from 0 to 1, that may be without a value (default: 0)."))),
  unique: z.optional(z.boolean().check(said("Whether no value may be there twice."))),
  values: z.optional(z.array(CellValue).check(z.minLength(1), said("The only values that may be there."))),
});
export type DataColumnSettings = z.infer<typeof DataColumn>;

const DataGate = z.strictObject({
  kind: z.literal("data"),
  file: z.optional(Text.check(said("A table of the project (default: that of `evaluation`)."))),
  rows: z.optional(z.strictObject({ min: z.optional(Count), max: z.optional(Count) })),
  columns: z.optional(z.record(Text, DataColumn).check(said("Columns that must be there, and what they must hold."))),
  only: z.optional(z.boolean().check(said("Whether there may be no other columns."))),
  duplicates: z.optional(Share.check(said("The share of rows, from 0 to 1, that may repeat earlier ones."))),
  ...common,
});

const FairnessGate = z
  .strictObject({
    kind: z.literal("fairness"),
    parityDifference: z.optional(Share.check(said("The most that groups' rates of yes may lie apart."))),
    parityRatio: z.optional(Share.check(said("The least that the lowest rate of yes may be of the highest, as 0.8."))),
    oddsDifference: z.optional(
      Share.check(said("The most that groups' true positive rates, or their false ones, may lie apart.")),
    ),
    oddsRatio: z.optional(Share.check(said("The least that the lowest of these rates may be of the highest."))),
    minGroup: z.optional(Count.check(said("Groups of fewer rows are left out, and named (default: 10)."))),
    confidence: z.optional(Confidence.check(said("Of the intervals that are told (default: 0.95)."))),
    ...evaluated,
    ...common,
  })
  .check(
    z.refine(
      hasOne("parityDifference", "parityRatio", "oddsDifference", "oddsRatio"),
      "says none of `parityDifference`, `parityRatio`, `oddsDifference` and `oddsRatio`",
    ),
  );

const RobustnessGate = z.strictObject({
  kind: z.literal("robustness"),
  noise: z.optional(
    z.number().check(z.positive(), said("How much numbers are moved, in their standard deviations (default: 0.05).")),
  ),
  change: z.optional(
    Limit.check(
      said(
        "The share of predictions that may become another class; of numbers, the mean change in standard deviations of the predictions (default: 0.05).",
      ),
    ),
  ),
  repeats: z.optional(Count.check(z.maximum(100), said("How often rows are moved (default: 3)."))),
  columns: z.optional(Texts.check(said("Which columns are moved (default: all of fractions)."))),
  seed: z.optional(z.int()),
  ...evaluated,
  ...common,
});

const LatencyGate = z
  .strictObject({
    kind: z.literal("latency"),
    p50: z.optional(Duration.check(said("What half of the predictions of a row must take at most, such as 0.01."))),
    p95: z.optional(Duration),
    p99: z.optional(Duration),
    requests: z.optional(Count.check(z.maximum(100_000), said("How many are timed, after some (default: 200)."))),
    ...evaluated,
    ...common,
  })
  .check(z.refine(hasOne("p50", "p95", "p99"), "says none of `p50`, `p95` and `p99`"));

const SizeGate = z
  .strictObject({
    kind: z.literal("size"),
    model: z.optional(Size.check(said("What the model's files may take, such as 100MB."))),
    bundle: z.optional(Size.check(said("What all files of the bundle may take."))),
    ...common,
  })
  .check(z.refine(hasOne("model", "bundle"), "says neither `model` nor `bundle`"));

const time = z.optional(Duration.check(said("How long it may take (default: 10m).")));

const PytestGate = z.strictObject({
  kind: z.literal("pytest"),
  tests: z.optional(
    z.union([Text, Texts.check(z.minLength(1))]).check(said("Files, folders or tests, from the project's folder.")),
  ),
  args: z.optional(Texts.check(said("More words for pytest, such as -m and slow."))),
  time,
  ...common,
});

const CommandGate = z.strictObject({
  kind: z.literal("command"),
  command: EntryCommand.check(said("It passes when this ends with 0. A line, or a list of words. No shell reads it.")),
  cwd: z.optional(Text.check(said("Folder in which it is started, relative to this file."))),
  time,
  ...common,
});

export const GATE_KINDS = {
  metric: MetricGate,
  champion: ChampionGate,
  finite: FiniteGate,
  convergence: ConvergenceGate,
  data: DataGate,
  fairness: FairnessGate,
  robustness: RobustnessGate,
  latency: LatencyGate,
  size: SizeGate,
  pytest: PytestGate,
  command: CommandGate,
} as const;
export type GateKind = keyof typeof GATE_KINDS;
/** The settings of a gate of this kind. */
export type GateOf<Kind extends GateKind> = z.infer<(typeof GATE_KINDS)[Kind]>;

export const GateSettings = z.discriminatedUnion("kind", [
  MetricGate,
  ChampionGate,
  FiniteGate,
  ConvergenceGate,
  DataGate,
  FairnessGate,
  RobustnessGate,
  LatencyGate,
  SizeGate,
  PytestGate,
  CommandGate,
]);
export type GateSettings = z.infer<typeof GateSettings>;

export const Gates = z.record(
  z.string().check(z.regex(/^[A-Za-z0-9][\w.-]*$/, "is no name of letters, digits, `_`, `.` and `-`")),
  GateSettings,
);
export type Gates = z.infer<typeof Gates>;

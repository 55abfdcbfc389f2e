/** A sweep: many runs of one command with different values, looking for the best. */
import * as z from "zod/mini";
import { EntryCommand } from "./entries";

const Name = z.string().check(z.regex(/^[A-Za-z_][\w.-]*$/, "is not a name of letters, digits, `_`, `.` and `-`"));

/** A value as it is put into the command. */
export const SweepValue = z.union([z.string(), z.number(), z.boolean()]);
export type SweepValue = z.infer<typeof SweepValue>;

/** Numbers from `from` to `to`, both included. */
export const SweepRange = z
  .strictObject({
    from: z.number(),
    to: z.number(),
    /** Distance of neighbouring values. A grid needs it, except between whole numbers, where it is 1. */
    step: z.optional(z.number().check(z.positive())),
    /** Default: `int` when both ends and the step are whole. */
    type: z.optional(z.enum(["int", "float"])),
    /** `log`: as many values between 1 and 10 as between 10 and 100. */
    scale: z._default(z.enum(["linear", "log"]), "linear"),
  })
  .check(
    z.refine(({ from, to }) => from <= to, "`from` is larger than `to`"),
    z.refine(({ from, scale }) => scale === "linear" || from > 0, "a logarithmic range begins above 0"),
    z.refine(
      ({ step, scale }) => step === undefined || scale === "linear",
      "`step` and `scale: log` exclude each other",
    ),
  );
export type SweepRange = z.infer<typeof SweepRange>;

/** Values to choose from, or a range. */
export const SweepParam = z.union([z.array(SweepValue).check(z.minLength(1)), SweepRange]);
export type SweepParam = z.infer<typeof SweepParam>;

export const OPTUNA_SAMPLERS = ["tpe", "random", "cmaes", "gp", "qmc"] as const;
export const OPTUNA_PRUNERS = ["median", "percentile", "hyperband", "successive-halving"] as const;

const said = (text: string) => z.describe(text);

const shape = {
  method: z._default(
    z
      .enum(["grid", "random", "optuna"])
      .check(said("grid: every combination, in order. random: drawn by `seed`. optuna: what Optuna suggests.")),
    "grid",
  ),
  params: z
    .record(Name, SweepParam)
    .check(z.refine((params) => Object.keys(params).length > 0, "names no params"))
    .check(said("What is varied: a list of values for each param, or a range with `from` and `to`.")),
  metric: z.optional(z.string().check(said("What is to get better; Optuna and `stop` need it."))),
  direction: z.optional(
    z
      .enum(["minimize", "maximize"])
      .check(said("Default: by the metric's name; losses, errors and times are made smaller.")),
  ),
  take: z._default(
    z.enum(["last", "best"]).check(said("Which of a run's values counts: the one at its end, or the best on the way.")),
    "last",
  ),
  trials: z.optional(
    z.int().check(z.positive(), said("Trials at the most. Default: the whole grid; 20 for the other methods.")),
  ),
  parallel: z.optional(
    z.int().check(z.positive(), said("Trials at the same time. Default: as many as the target has slots.")),
  ),
  seed: z._default(z.int(), 0),
  gpus: z._default(z.int().check(z.nonnegative(), said("GPUs of each trial.")), 0),
  target: z._default(z.string().check(said("Where trials run: a name of `targets`, or local.")), "local"),
  experiment: z.optional(z.string().check(said("Experiment that the runs belong to. Default: after the script."))),
  stop: z.optional(
    z.strictObject({
      without: z.optional(
        z.int().check(z.positive(), said("After so many trials in a row that brought nothing better.")),
      ),
      at: z.optional(z.number().check(said("When the metric is as good as this."))),
      seconds: z.optional(z.number().check(z.positive(), said("So many seconds after the sweep began."))),
    }),
  ),
  optuna: z.optional(
    z.strictObject({
      sampler: z._default(z.enum(OPTUNA_SAMPLERS), "tpe"),
      pruner: z.optional(
        z.enum(OPTUNA_PRUNERS).check(said("Ends trials that do worse than others did at the same step.")),
      ),
    }),
  ),
};

type Shape = z.infer<z.ZodMiniObject<typeof shape>>;

const optunaNeedsMetric = z.refine<Shape>(
  ({ method, metric, optuna }: Shape) => metric !== undefined || (method !== "optuna" && optuna === undefined),
  "Optuna needs `metric`, the name of what is to get better",
);
const stopNeedsMetric = z.refine<Shape>(
  ({ metric, stop }: Shape) => metric !== undefined || (stop?.without ?? stop?.at) === undefined,
  "`stop.without` and `stop.at` need `metric`, the name of what is to get better",
);

/** What is to be tried, and when that is enough. */
export const SweepSpec = z
  .strictObject({
    /** `{name}` in it becomes the param's value; params without such a place are put behind it as `--name value`. */
    command: z.array(z.string()).check(z.minLength(1)),
    ...shape,
  })
  .check(optunaNeedsMetric, stopNeedsMetric);
export type SweepSpec = z.infer<typeof SweepSpec>;

/** The same as modeltrail.yaml has it: see docs/sweeps.md. */
export const SweepDefinition = z
  .strictObject({
    command: EntryCommand.check(
      said("What is run: {name} in it becomes a param's value; other params are put behind it as --name value."),
    ),
    ...shape,
  })
  .check(optunaNeedsMetric, stopNeedsMetric);
export type SweepDefinition = z.infer<typeof SweepDefinition>;

/** The values of one trial, by param. */
export type TrialParams = Record<string, SweepValue>;

/**
 * `waiting`: nothing was started for it yet. `running`: its job is queued or goes on. `complete`: it has a value (or, without a
 * metric, has ended well). `pruned`: ended early because others did better. `failed`: it has no value.
 */
export const TrialState = z.enum(["waiting", "running", "complete", "pruned", "failed"]);
export type TrialState = z.infer<typeof TrialState>;

export const Trial = z.object({
  /** From 0. */
  number: z.int(),
  params: z.record(z.string(), SweepValue),
  state: TrialState,
  job: z.nullable(z.string()),
  /** The metric at the run's end, or its last value before it was pruned. */
  value: z.nullable(z.number()),
});
export type Trial = z.infer<typeof Trial>;

export type EndedTrial = Trial & { state: Exclude<TrialState, "waiting" | "running"> };

/** Whether it is over, whatever became of it. */
export function isOver(trial: Trial): trial is EndedTrial {
  return trial.state !== "waiting" && trial.state !== "running";
}

/** `running`: as long as a driver is at work, or is to go on. `stopped`: by its user; it can go on. `ended`: nothing is left. */
export const SweepState = z.enum(["running", "stopped", "ended"]);
export type SweepState = z.infer<typeof SweepState>;

export const Sweep = z.object({
  /** Of the form of a run's id. */
  id: z.string(),
  name: z.string(),
  spec: SweepSpec,
  /** Where the command starts. */
  cwd: z.string(),
  state: SweepState,
  /** Why it ended: one sentence. */
  reason: z.nullable(z.string()),
  /** Ms since the epoch. */
  created: z.number(),
  ended: z.nullable(z.number()),
});
export type Sweep = z.infer<typeof Sweep>;

/** A trial's runs carry these tags. */
export const SWEEP_TAG = "modeltrail.sweep";
export const TRIAL_TAG = "modeltrail.trial";

/** One launch of a run on a target. */
import * as z from "zod/mini";

/**
 * Where a job stands. `queued`: in our own queue. `starting`: checked, packed up and handed over. `waiting`: in the target's own
 * queue. `running`: its command runs. `collecting`: the command is over, what it left is brought back. `ended`: nothing is left
 * to be done.
 */
export const JobState = z.enum(["queued", "starting", "waiting", "running", "collecting", "ended"]);
export type JobState = z.infer<typeof JobState>;

/**
 * How a job ended: as its run did, or `refused`: it never began, because the check before the start, the target or its user
 * said no.
 */
export const JobOutcome = z.enum(["finished", "failed", "killed", "lost", "refused"]);
export type JobOutcome = z.infer<typeof JobOutcome>;

/** What a job may take. What a target cannot enforce itself, the follower of the job does, by cancelling it. */
export const JobLimits = z.strictObject({
  /** Wall time of the command, s. */
  seconds: z.optional(z.number().check(z.positive())),
  /** Bytes of memory, of all its processes. */
  memory: z.optional(z.number().check(z.positive())),
  /** In the target's own currency, by its `costPerHour`. */
  cost: z.optional(z.number().check(z.positive())),
});
export type JobLimits = z.infer<typeof JobLimits>;

export const Job = z.object({
  /** Of the form of a run's id. */
  id: z.string(),
  /** The run that it makes; null until that has begun. */
  run: z.nullable(z.string()),
  /** The name of a target of `modeltrail.yaml`, or `local`. */
  target: z.string(),
  command: z.array(z.string()),
  cwd: z.string(),
  /** Of the run. */
  experiment: z.nullable(z.string()),
  name: z.nullable(z.string()),
  tags: z.record(z.string(), z.string()),
  note: z.nullable(z.string()),
  /** Who asked for it: "cli", "vscode", "sweep", … */
  source: z.string(),
  /** The run that its own is a part of. */
  parent: z.nullable(z.string()),
  /** Variables of whom it was asked for by that its command is given; never secrets. */
  env: z.record(z.string(), z.string()),
  state: JobState,
  outcome: z.nullable(JobOutcome),
  /** One sentence: what it waits for, or why it ended as it did. */
  reason: z.nullable(z.string()),
  /** Its end was asked for. */
  cancelling: z.boolean(),
  /** Higher ones start first; default 0. */
  priority: z.number(),
  /** GPUs that it needs. */
  gpus: z.number(),
  limits: JobLimits,
  /** The sweep that it is a trial of. */
  sweep: z.nullable(z.string()),
  /** The job that it tries again. */
  retryOf: z.nullable(z.string()),
  /** What the target needs to find it again: opaque JSON, never with secrets. Null until it was handed over. */
  handle: z.nullable(z.unknown()),
  /** Ms since the epoch. */
  created: z.number(),
  started: z.nullable(z.number()),
  ended: z.nullable(z.number()),
  /** The store's revision at its last change. */
  revision: z.number(),
});
export type Job = z.infer<typeof Job>;

/** What every place to run has to offer, and what it is given. One file or folder in this room for each kind. */
import type { JobLimits } from "../domain/job";

/** What would fail, or may surprise, found before anything is started. */
export interface Problem {
  /** `error`: the job would fail, and is not started. `warning`: it is started, and this is said. */
  severity: "error" | "warning";
  /** What is wrong and what to do, for the user. */
  message: string;
}

/** A job, ready to be handed over. All of it is on this machine. */
export interface JobPlan {
  /** The job's id; the same for every attempt to hand this job over. */
  id: string;
  /** The run that it makes. */
  run: string;
  /** The run's name, for targets that show one. */
  name: string;
  /** As the user gave it; paths of the project in it are relative to `cwd`. */
  command: readonly string[];
  /** Where the command starts, relative to the stage, with `/`; "" is the stage itself. */
  cwd: string;
  /** The project's folder, relative to the stage, with `/`; "" is the stage itself. The tracer's MODELTRAIL_ROOT. */
  project: string;
  /**
   * The project as the job gets it: the run's code snapshot and its data, in a folder of our own that nothing else writes to.
   * It stands for the root of the code, which may be above the project's folder.
   * What the command changes on the target comes back into it, so that at the end it is what the project's folder would be
   * after a local run.
   */
  stage: string;
  /** Where bytes of the command's output and of the tracer's spool are brought: the run's own `output.log` and `spool/`. */
  logPath: string;
  spool: string;
  /** Variables that the command needs beyond the target's own, without secrets. */
  env: Readonly<Record<string, string>>;
  gpus: number;
  limits: JobLimits;
}

/** Enough to find a job again from another process or after a restart: JSON, kept in the store, without secrets. */
export type JobHandle = Readonly<Record<string, unknown>>;

/** How a job stands on its target. */
export type TargetStatus =
  | { state: "waiting"; reason: string | null }
  | { state: "running" }
  | {
      state: "ended";
      exitCode: number | null;
      /** E.g. "SIGKILL". */
      signal: string | null;
      /** Ms since the epoch, by the target's clock. */
      endTime: number;
      /** Why, when it is more than an exit code: "out of memory", "time limit". */
      reason: string | null;
    }
  /** The target does not know it any more (rebooted, deleted from outside), and what it left tells no end. */
  | { state: "gone"; reason: string };

export interface FollowOptions {
  /** Told of each change, at least once. */
  onStatus(status: TargetStatus): void;
  /** The target cannot be reached for now: said once, with the reason; `null` when it can be again. */
  onLost(reason: string | null): void;
  signal: AbortSignal;
}

/** A place to run. All methods throw UserError for what the user can do something about. */
export interface Target {
  /** As in `modeltrail.yaml`. */
  readonly name: string;
  readonly kind: string;
  /** Jobs at the same time that we hand over; undefined: as many as there are. */
  readonly slots?: number;
  /** Per hour of a job, in whatever currency. */
  readonly costPerHour?: number;
  /** What of the limits the target enforces itself. */
  readonly enforces: readonly (keyof JobLimits)[];
  /** What would fail. Quick (seconds) and without effect; never asks for a password. */
  check(plan: JobPlan, signal: AbortSignal): Promise<Problem[]>;
  /**
   * Hands the job over. When it was handed over before (this process's predecessor died in between), gives that one's handle:
   * a job never starts twice. `keep` stores what is known so far, before anything is started that would be lost without it; who
   * calls it can find what it began when it is called again.
   */
  submit(
    plan: JobPlan,
    options: { keep(handle: JobHandle): void; onProgress(line: string): void; signal: AbortSignal },
  ): Promise<JobHandle>;
  /**
   * Hands several jobs over at once, where the target can take them as one (an array of Slurm): they differ in nothing but
   * their files, and get the resources of the first. Gives their handles in the same order; each is then like any other job.
   */
  submitMany?(
    plans: readonly JobPlan[],
    options: { keep(plan: JobPlan, handle: JobHandle): void; onProgress(line: string): void; signal: AbortSignal },
  ): Promise<JobHandle[]>;
  /**
   * Brings output and spool as they arrive, byte by byte where the local files end, and resolves when the job has ended or is
   * gone, with all there is. A target that cannot be reached is tried again and again. Another process may go on at any time.
   */
  follow(plan: JobPlan, handle: JobHandle, options: FollowOptions): Promise<TargetStatus & { state: "ended" | "gone" }>;
  /** Brings what the command wrote into `plan.stage`. What could not be brought, for gaps. */
  collect(plan: JobPlan, handle: JobHandle, signal: AbortSignal): Promise<Problem[]>;
  /** Ends the whole tree of the job, in any phase; resolves when nothing of it runs. No error when it has ended. */
  cancel(plan: Pick<JobPlan, "id">, handle: JobHandle, signal: AbortSignal): Promise<void>;
  /** Removes what we have put on the target for this job. */
  clean(plan: Pick<JobPlan, "id">, handle: JobHandle, signal: AbortSignal): Promise<void>;
}

/** What the extension host asks of the store worker about jobs. */
import type { Job, JobLimits } from "../../../domain/job";

/** How far the command of a job says that it is: its run's most telling metric. */
export interface JobProgress {
  metric: string;
  value: number;
  step: number | null;
}

/** A job as the Jobs view shows it. */
export interface JobView extends Omit<Job, "handle" | "env"> {
  progress: JobProgress | null;
  /** Of its target, in whatever currency; null: nothing is said of it. */
  costPerHour: number | null;
}

/** `queued`: in the order in which they are to begin. `active`: begun, and not ended. `ended`: the newest first. */
export type JobGroup = "queued" | "active" | "ended";

export interface JobCounts {
  queued: number;
  active: number;
  ended: number;
  /** Of those that are active: whose command runs. */
  running: number;
  /** Targets whose queue is paused; null among them: all. */
  paused: (string | null)[];
}

/** A target, as it is chosen from. */
export interface TargetInfo {
  /** Of modeltrail.yaml, or `local`. */
  name: string;
  kind: string;
  /** What tells it from others of its kind: a host, an image. */
  place: string;
  /** Null: as many jobs as there are. */
  slots: number | null;
  costPerHour: number | null;
  /** Variables in which it expects secrets. */
  secrets: string[];
}

/** A launch that is wished for. */
export interface JobRequest {
  target: string;
  command: string[];
  cwd: string;
  experiment?: string | undefined;
  name?: string | undefined;
  note?: string | undefined;
  tags?: Record<string, string> | undefined;
  priority?: number;
  gpus?: number;
  limits?: JobLimits;
}

export interface JobsApi {
  /** This machine first. */
  listTargets(argument: { root: string }): TargetInfo[];
  jobCounts(argument: { root: string }): JobCounts;
  listJobs(argument: { root: string; group: JobGroup; limit: number }): JobView[];
  /** Those that there are. */
  getJobs(argument: { root: string; ids: string[] }): JobView[];
  /** Puts it into the queue; gives its id. Who starts it is another matter. */
  addJob(argument: { root: string; job: JobRequest }): string;
  /** A queued one ends at once; whoever looks after the others ends them. */
  cancelJobs(argument: { root: string; ids: string[] }): void;
  /** Each once more, in the queue; gives the ids of the new jobs. */
  retryJobs(argument: { root: string; ids: string[] }): string[];
  /**
   * Starts processes for jobs on targets that nobody looks after any more, by our own command line; gives those jobs. `env`: of
   * these processes.
   */
  resumeJobs(argument: { root: string; argv: string[]; env: NodeJS.ProcessEnv }): string[];
  setJobPriority(argument: { root: string; ids: string[]; priority: number }): void;
  /** `target` null: of all targets. */
  setQueuePaused(argument: { root: string; target: string | null; paused: boolean }): void;
}

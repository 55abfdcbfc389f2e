/** Jobs: what is to run where, how far that is, and which process looks after it. */
import type { Job, JobLimits, JobOutcome, JobState } from "../../domain/job";
import type { ProcessIdentity } from "../contract";

/** A job to make; what is left out is empty, 0 or null. */
export interface NewJob
  extends Pick<Job, "target" | "command" | "cwd">,
    Partial<
      Pick<
        Job,
        | "experiment"
        | "name"
        | "tags"
        | "note"
        | "source"
        | "parent"
        | "env"
        | "priority"
        | "gpus"
        | "limits"
        | "sweep"
        | "retryOf"
      >
    > {
  /** Default `queued`. `starting`: it is begun at once, by `follower`. */
  state?: "queued" | "starting";
  /** The run, when it has begun already. */
  run?: string;
  follower?: ProcessIdentity;
}

/** What may change of a job besides its state. */
export interface JobPatch {
  run?: string;
  handle?: unknown;
  reason?: string | null;
  priority?: number;
  limits?: JobLimits;
  /** Ms since the epoch; by itself it is set when a job begins to run, and when it ends. */
  started?: number;
  ended?: number;
}

export interface JobQuery {
  states?: readonly JobState[];
  outcomes?: readonly JobOutcome[];
  target?: string;
  sweep?: string;
  run?: string;
  /** Default 100; at most 10,000. */
  limit?: number;
  /** From the page before. */
  cursor?: string;
}

export interface JobPage {
  /** The newest first. */
  jobs: Job[];
  /** Null on the last page. */
  next: string | null;
  total: number;
}

export interface JobChanges {
  /** Highest revision of the store: to be given to the next call. */
  revision: number;
  /** Ids of jobs that changed or came since; at most 1,000, else `all` is true. */
  jobs: string[];
  all: boolean;
}

/** A job that has been begun and has not ended, and who looks after it. */
export interface ActiveJob {
  job: Job;
  /** Null: nobody yet. */
  follower: ProcessIdentity | null;
}

/** How many jobs of a target are in a state. */
export interface JobCount {
  target: string;
  state: JobState;
  count: number;
}

export interface JobStore {
  /**
   * Secrets in the command are masked; throws UserError for one that has to be kept until the job begins, in a queued job.
   */
  create(job: NewJob): Job;
  /** The same in one transaction: all of them, or none. */
  createMany(jobs: readonly NewJob[]): Job[];
  get(id: string): Job | null;
  /** Those that there are, in the order asked for. */
  getMany(ids: readonly string[]): Job[];
  /** Full id from an id, the beginning of one (4 digits or more), or a name. Throws UserError when it is none, or several. */
  resolve(reference: string): string;
  ofRun(run: string): Job | null;
  list(query: JobQuery): JobPage;
  counts(): JobCount[];
  changesSince(revision: number): JobChanges;

  /** Jobs of a target that wait for a slot, in the order in which they are to begin. */
  queued(target: string, limit: number): Job[];
  /** Targets with queued jobs. */
  queuedTargets(): string[];
  /** Jobs that were begun and have not ended. */
  active(): ActiveJob[];

  /**
   * From one of these states to another, with what else changes; false, and nothing done, when it is in none of them. Ending
   * goes by `end`.
   */
  move(id: string, from: readonly JobState[], to: Exclude<JobState, "ended">, patch?: JobPatch): boolean;
  /** False when it had ended already. */
  end(id: string, outcome: JobOutcome, patch?: JobPatch): boolean;
  /** Nothing is changed of a job that has ended, or is not there. */
  patch(id: string, patch: JobPatch): void;
  /**
   * Makes looking after the job ours: true when its follower is still `from`, and from then on is `to`. A queued job becomes
   * `starting`.
   */
  claim(id: string, from: ProcessIdentity | null, to: ProcessIdentity): boolean;
  /** Puts a job back that was claimed and never begun (it has no run). */
  putBack(id: string): boolean;
  follower(id: string): ProcessIdentity | null;
  /** Asks whoever looks after it to end it. A queued job ends at once, `refused`; gives whether there is something to wait for. */
  requestCancel(id: string, reason: string): boolean;

  /** Whether queued jobs of this target stay; null: of all targets. */
  setPaused(target: string | null, paused: boolean): void;
  /** Targets whose queue is paused; null among them: all. */
  paused(): (string | null)[];
}

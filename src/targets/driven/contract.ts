/** Whoever can start a command somewhere: what is needed of it so that jobs run there. */
import type { JobHandle, Problem, TargetStatus } from "../contract";

/** A job as a driver sees it. */
export interface DrivenJob {
  id: string;
  run: string;
  name: string;
  /** Holds `unpack.py` and `bundle.zip`: all that the job needs, besides Python. */
  folder: string;
  /** Runs it where this folder can be reached, and where a copy of the folder is the working folder. */
  command: readonly string[];
  commandThere: readonly string[];
  gpus: number;
  /** Limits that the place may enforce too; null: none. */
  seconds: number | null;
  memory: number | null;
}

/** All methods throw UserError for what the user can do something about, HostUnreachable for what may pass. */
export interface JobDriver {
  readonly kind: string;
  check(job: DrivenJob, signal: AbortSignal): Promise<Problem[]>;
  /** Gives what finds the job again: JSON, without secrets. */
  submit(job: DrivenJob): Promise<JobHandle>;
  status(handle: JobHandle, signal: AbortSignal): Promise<TargetStatus>;
  /** What the command has printed, from its beginning, as it came; may go on while it grows. */
  log(handle: JobHandle, signal: AbortSignal): AsyncIterable<Uint8Array>;
  cancel(handle: JobHandle, signal: AbortSignal): Promise<void>;
  clean(handle: JobHandle, signal: AbortSignal): Promise<void>;
}

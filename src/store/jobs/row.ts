/** A job as the database has it. */
import type { Job, JobOutcome, JobState } from "../../domain/job";
import type { ProcessIdentity } from "../contract";

export interface JobRow {
  seq: number;
  id: string;
  run: string | null;
  target: string;
  state: JobState;
  outcome: JobOutcome | null;
  reason: string | null;
  cancelling: number;
  priority: number;
  gpus: number;
  sweep: string | null;
  retry_of: string | null;
  name: string | null;
  /** JSON of `Asked`. */
  asked: string;
  /** JSON of the limits, and of the handle. */
  limits: string;
  handle: string | null;
  created: number;
  started: number | null;
  ended: number | null;
  revision: number;
  follower_pid: number | null;
  follower_start: string | null;
  follower_host: string | null;
}

/** What never changes and is never searched for. */
export type Asked = Pick<Job, "command" | "cwd" | "experiment" | "tags" | "note" | "source" | "parent" | "env">;

export function jobOf(row: JobRow): Job {
  return {
    ...(JSON.parse(row.asked) as Asked),
    id: row.id,
    run: row.run,
    target: row.target,
    name: row.name,
    state: row.state,
    outcome: row.outcome,
    reason: row.reason,
    cancelling: row.cancelling !== 0,
    priority: row.priority,
    gpus: row.gpus,
    limits: JSON.parse(row.limits) as Job["limits"],
    sweep: row.sweep,
    retryOf: row.retry_of,
    handle: row.handle === null ? null : (JSON.parse(row.handle) as unknown),
    created: row.created,
    started: row.started,
    ended: row.ended,
    revision: row.revision,
  };
}

export function followerOf(row: JobRow): ProcessIdentity | null {
  const { follower_pid: pid, follower_start: startToken, follower_host: host } = row;
  return pid === null ? null : { pid, startToken: startToken ?? "", host: host ?? "" };
}

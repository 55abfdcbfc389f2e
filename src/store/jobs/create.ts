/** Making jobs. */
import { UserError } from "../../domain/errors";
import { formatCommand } from "../../domain/format";
import type { Job } from "../../domain/job";
import { maskArguments, maskText } from "../../domain/secrets";
import type { Database } from "../database";
import { nextRevision } from "../revision";
import { newRunId } from "../runs";
import type { NewJob } from "./contract";
import { type Asked, type JobRow, jobOf } from "./row";

/** See the contract. */
export function createJobs(db: Database, jobs: readonly NewJob[]): Job[] {
  for (const job of jobs) if (job.state !== "starting") refuseSecrets(job.command);
  return db.write(() => {
    const revision = nextRevision(db);
    return jobs.map((job) => insert(db, job, revision));
  });
}

function insert(db: Database, job: NewJob, revision: number): Job {
  const asked: Asked = {
    command: maskArguments(job.command),
    cwd: job.cwd,
    experiment: job.experiment ?? null,
    tags: job.tags ?? {},
    note: job.note === undefined || job.note === null ? null : maskText(job.note),
    source: job.source ?? "cli",
    parent: job.parent ?? null,
    env: job.env ?? {},
  };
  const row = db.get<JobRow>(
    `INSERT INTO jobs (id, run, target, state, priority, gpus, sweep, retry_of, name, asked, limits, created, revision,
      follower_pid, follower_start, follower_host)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
    newRunId(),
    job.run ?? null,
    job.target,
    job.state ?? "queued",
    job.priority ?? 0,
    job.gpus ?? 0,
    job.sweep ?? null,
    job.retryOf ?? null,
    job.name ?? null,
    JSON.stringify(asked),
    JSON.stringify(job.limits ?? {}),
    Date.now(),
    revision,
    job.follower?.pid ?? null,
    job.follower?.startToken ?? null,
    job.follower?.host ?? null,
  )!;
  return jobOf(row);
}

/** What waits is kept, and secrets never are. */
function refuseSecrets(command: readonly string[]): void {
  const masked = maskArguments(command);
  if (masked.every((word, place) => word === command[place])) return;
  throw new UserError(
    `This command has what looks like a secret in it, which would have to be kept until the job starts: ${formatCommand(masked)}. Let the program read it from an environment variable or a file instead.`,
  );
}

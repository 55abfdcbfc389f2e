/** Starting followers: processes of their own, that outlive whoever starts them. */
import { LOCAL } from "../../domain/localTarget";
import type { ProcessIdentity, Store } from "../../store/contract";
import { isGone, processIdentity } from "../../store/process";
import { startApart } from "../queue/start";
import { stagedJobs } from "../stage/stageFolder";

/** Our own command line, up to where the command begins: an argv, and the environment that goes with it. */
export interface OwnProgram {
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Starts the follower of a job whose follower was `from`: dead, nobody, or this process. Null: somebody else was quicker.
 * `command`: as it was given, when it must be handed over before it is forgotten.
 */
export function startFollower(
  store: Store,
  job: string,
  from: ProcessIdentity | null,
  program: OwnProgram,
  command: readonly string[] = [],
): number | null {
  const child = spawnFollower(store, job, program, command);
  if (child.pid === undefined) return null;
  // Of nobody's jobs it makes itself the follower.
  if (from === null || store.jobs.claim(job, from, processIdentity(child.pid))) return child.pid;
  child.kill();
  return null;
}

function spawnFollower(store: Store, job: string, program: OwnProgram, command: readonly string[] = []) {
  // The run within which we are asked for another is told to that one otherwise.
  const env = { ...program.env, MODELTRAIL_RUN_ID: undefined, MODELTRAIL_DIR: store.folder };
  const child = startApart(["follow-job", job, ...command], store.root, { program: program.argv, env });
  child.unref();
  return child;
}

/**
 * Starts followers for the jobs on targets whose follower died, and for what ended jobs have left behind. Gives the jobs. Any
 * number of processes may do this at once. Quick when there is nothing to do.
 */
export function resumeJobs(store: Store, program: OwnProgram): string[] {
  for (const job of untidyJobs(store)) spawnFollower(store, job, program);
  const active = store.jobs.active().filter(({ job }) => job.target !== LOCAL);
  const orphans = active.filter(({ job, follower }) => job.run !== null && isGone(follower));
  return orphans.flatMap(({ job, follower }) =>
    startFollower(store, job.id, follower, program) === null ? [] : [job.id],
  );
}

/** So long the follower of a job that has ended may be cleaning up itself. */
const TIDY_MS = 120_000;

/** Ended jobs that may have left something on their target. */
function untidyJobs(store: Store): string[] {
  const staged = stagedJobs(store.folder);
  if (staged.length === 0) return [];
  const before = Date.now() - TIDY_MS;
  return store.jobs.getMany(staged).flatMap(({ id, ended }) => (ended !== null && ended < before ? [id] : []));
}

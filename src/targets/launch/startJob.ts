/** A job that begins at once, without the queue. */
import type { Job } from "../../domain/job";
import type { Store } from "../../store/contract";
import type { NewJob } from "../../store/jobs/contract";
import { processIdentity } from "../../store/process";
import { keptVariables } from "../queue/keptVariables";
import { type OwnProgram, startFollower } from "./startFollower";

/** The job, in the hands of a follower of its own. Throws what the store throws. */
export function startJob(store: Store, job: Omit<NewJob, "state" | "follower" | "run">, program: OwnProgram): Job {
  const self = processIdentity();
  const made = store.jobs.create({
    ...job,
    env: { ...keptVariables(program.env), ...job.env },
    state: "starting",
    follower: self,
  });
  startFollower(store, made.id, self, program, job.command);
  return made;
}

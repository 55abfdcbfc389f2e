/** Answers about jobs, from the stores. */
import { LOCAL } from "../../../domain/localTarget";
import type { Handlers } from "../../../protocol/channel";
import type { Store } from "../../../store/contract";
import { resumeJobs } from "../../../targets/launch/startFollower";
import { addJobs, retryJob } from "../../../targets/queue/addJob";
import { cancelJob } from "../../../targets/queue/cancelJob";
import { keptVariables } from "../../../targets/queue/keptVariables";
import type { JobsApi } from "./api";
import { getJobs, jobCounts, listJobs } from "./listJobs";
import { listTargets } from "./listTargets";

export interface JobStores {
  find(root: string): Store | undefined;
  /** Throws UserError where there is none, or it may not be written. */
  writable(root: string): Store;
  /** The same; where there is none, it is made. */
  create(root: string): Store;
}

export function jobHandlers({ find, writable, create }: JobStores): Handlers<JobsApi> {
  return {
    listTargets: ({ root }) => listTargets(root),
    jobCounts: ({ root }) => jobCounts(find(root)),
    listJobs: ({ root, group, limit }) => listJobs(find(root), root, group, limit),
    getJobs: ({ root, ids }) => getJobs(find(root), root, ids),
    async addJob({ root, job }) {
      // Another machine has its own.
      const env = job.target === LOCAL ? keptVariables(process.env) : {};
      const [added] = await addJobs(create(root), [{ ...job, env, source: "vscode" }]);
      return added!.id;
    },
    async cancelJobs({ root, ids }) {
      const store = writable(root);
      await Promise.all(ids.map((id) => cancelJob(store, id, "It was cancelled.")));
    },
    retryJobs({ root, ids }) {
      const store = writable(root);
      return ids.map((id) => retryJob(store, id).id);
    },
    resumeJobs({ root, argv, env }) {
      const store = find(root);
      return store ? resumeJobs(store, { argv, env }) : [];
    },
    setJobPriority({ root, ids, priority }) {
      const { jobs } = writable(root);
      for (const id of ids) jobs.patch(id, { priority });
    },
    setQueuePaused: ({ root, target, paused }) => writable(root).jobs.setPaused(target, paused),
  };
}

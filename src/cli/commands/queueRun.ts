/** `modeltrail queue run`: looks after the queue until there is nothing to do. */
import type { Job } from "../../domain/job";
import { LOCAL } from "../../domain/localTarget";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { findGpus, gpuVariables } from "../../targets/queue/gpus";
import { jobEnvironment } from "../../targets/queue/keptVariables";
import { holdQueue } from "../../targets/queue/lock";
import { hasWork, type Places, runQueue } from "../../targets/queue/runner";
import { startApart } from "../../targets/queue/start";
import { jobSettingsAmong } from "../../targets/registry";
import { slotsOf } from "../../targets/slots";
import { withoutSecrets } from "../../targets/targetEnvironment";

/** Followers of jobs elsewhere are processes here; a target that takes any number of jobs still gets no more at once. */
const MOST_FOLLOWERS = 50;

export async function queueRunCommand(): Promise<void> {
  const { root } = locateRoot(process.cwd());
  const store = openStore(root);
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  process.on("SIGHUP", () => {});
  try {
    // Who adds a job looks at the lock after that, and we look at the jobs after we let go of it.
    do {
      const release = holdQueue(store.folder);
      if (!release) return;
      try {
        await runQueue({
          store,
          places: placesOf(root),
          start: (job, gpus) => startJob(store, job, gpus),
          signal: ending.signal,
        });
      } finally {
        release();
      }
    } while (!ending.signal.aborted && hasWork(store));
  } finally {
    store.close();
  }
}

function placesOf(root: string): (target: string) => Promise<Places> {
  let gpus: Promise<string[]> | undefined;
  return async (target) => {
    const file = await readProjectFile(root);
    if (target !== LOCAL) jobSettingsAmong(file.targets ?? {}, target);
    const slots = Math.min(slotsOf(file, target), target === LOCAL ? Number.POSITIVE_INFINITY : MOST_FOLLOWERS);
    if (target !== LOCAL) return { slots, gpus: [] };
    // Asking takes a while, and GPUs do not come and go.
    gpus ??= findGpus(file.local?.gpus, process.env);
    return { slots, gpus: await gpus };
  };
}

/**
 * What looks after the job, apart from us, so that it outlives us: not even its standard error is ours, or the command's would
 * break off with us. Why it could not begin it says in the store.
 */
function startJob(store: Store, job: Job, gpus: readonly string[]): { ended: Promise<string> } {
  const ours = job.target === LOCAL ? withoutSecrets(process.env) : process.env;
  const env = { ...jobEnvironment(ours, job.env), ...gpuVariables(gpus) };
  // The job's own folder may be gone, which is for its own process to say.
  const words = job.target === LOCAL ? ["run", "--job", job.id] : ["follow-job", job.id];
  const child = startApart(words, store.root, { env });
  return {
    ended: new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) =>
        resolve(`Its process ended before it began (${signal ?? `exit code ${code}`}).`),
      );
    }),
  };
}

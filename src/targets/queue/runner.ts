/**
 * Starts queued jobs, each as a process of its own that looks after it and outlives us. All that is known of a job is in the
 * store, so that another runner can go on at any time: what is begun counts for its slot, whoever began it.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Job } from "../../domain/job";
import { LOCAL } from "../../domain/localTarget";
import { now } from "../../recorder/clock";
import { recoverLostRuns } from "../../recorder/recover";
import type { Store } from "../../store/contract";
import { isGone } from "../../store/process";
import { chooseJobs } from "./chooseJobs";
import { LocalHandle } from "./localHandle";

const LOOK_MS = 250;
const IDLE_MS = 3_000;
/** Looking for processes that are gone costs more than looking for jobs. */
const RECOVER_MS = 2_000;

/** Slots and GPUs of a target. */
export interface Places {
  slots: number;
  gpus: readonly string[];
}

export interface RunnerOptions {
  store: Store;
  /** Asked again whenever it may have changed. Throws UserError when the target cannot be used: then its jobs are refused. */
  places(target: string): Promise<Places>;
  /**
   * Starts the process that claims the job and runs it, with these GPUs. `ended` resolves when that process is over, with what
   * to say if it did not begin the job and did not say itself why.
   */
  start(job: Job, gpus: readonly string[]): { ended: Promise<string> };
  signal: AbortSignal;
  /** Ms without anything to do after which it ends; default 3,000. */
  idleMs?: number;
}

/** Goes on until nothing is queued and what it started is over, or until `signal`, which leaves all that runs running. */
export async function runQueue({ store, places, start, signal, idleMs = IDLE_MS }: RunnerOptions): Promise<void> {
  /** Jobs whose process was started by us and is not over, by id. */
  const started = new Map<string, Job>();
  let wake = () => {};
  let idleSince = now();
  let recovered = Number.NEGATIVE_INFINITY;

  function begin(job: Job, gpus: readonly string[]): void {
    started.set(job.id, job);
    if (job.target === LOCAL) store.jobs.patch(job.id, { handle: { gpus } satisfies LocalHandle });
    let ended: Promise<string>;
    try {
      ({ ended } = start(job, gpus));
    } catch (error) {
      ended = Promise.resolve(error instanceof Error ? error.message : String(error));
    }
    void ended.then((said) => {
      started.delete(job.id);
      refuseUnbegun(store, job.id, said);
      wake();
    });
  }

  async function look(): Promise<void> {
    if (now() - recovered > RECOVER_MS) {
      await takeBack(store, started);
      recovered = now();
    }
    const paused = store.jobs.paused();
    if (paused.includes(null)) return;
    for (const target of store.jobs.queuedTargets()) {
      if (signal.aborted) return;
      if (!paused.includes(target)) await startJobs(target);
    }
  }

  async function startJobs(target: string): Promise<void> {
    let place: Places;
    try {
      place = await places(target);
    } catch (error) {
      for (const job of store.jobs.queued(target, 1_000)) refuseUnbegun(store, job.id, (error as Error).message);
      return;
    }
    const active = store.jobs.active().filter(({ job }) => job.target === target);
    const activeIds = new Set(active.map(({ job }) => job.id));
    // Those that have not claimed their job yet count as well.
    const pending = [...started.values()].filter((job) => job.target === target && !activeIds.has(job.id));
    const taken = [...active.map(({ job }) => job), ...pending];
    const free = place.slots - taken.length;
    if (free <= 0) return;
    const freeGpus = target === LOCAL ? freeOf(place.gpus, taken) : null;
    const queued = store.jobs.queued(target, free + 100 + pending.length).filter(({ id }) => !started.has(id));
    const chosen = chooseJobs(queued, { slots: free, gpus: freeGpus, allGpus: place.gpus.length });
    for (const { job, reason } of chosen.refused) store.jobs.end(job.id, "refused", { reason });
    for (const { job, gpus } of chosen.begin) begin(job, gpus);
  }

  function freeOf(gpus: readonly string[], taken: readonly Job[]): string[] {
    const handles = store.jobs.getMany(taken.map(({ id }) => id)).map(({ handle }) => LocalHandle.safeParse(handle));
    const used = new Set(handles.flatMap(({ data }) => data?.gpus ?? []));
    return gpus.filter((gpu) => !used.has(gpu));
  }

  while (!signal.aborted) {
    await look();
    if (started.size > 0 || hasWork(store)) idleSince = now();
    else if (now() - idleSince > idleMs) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
      void wait(LOOK_MS, undefined, { signal }).then(resolve, () => resolve());
    });
  }
}

/** Whether anything is queued that may begin. */
export function hasWork(store: Store): boolean {
  const paused = store.jobs.paused();
  if (paused.includes(null)) return false;
  return store.jobs.queuedTargets().some((target) => !paused.includes(target));
}

/** Jobs whose process is gone: those that never began are queued again, the runs of others are finished. */
async function takeBack(store: Store, started: ReadonlyMap<string, Job>): Promise<void> {
  const gone = store.jobs.active().filter(({ job, follower }) => !started.has(job.id) && isGone(follower));
  for (const { job } of gone) {
    if (job.run !== null) continue;
    if (job.cancelling) store.jobs.end(job.id, "refused");
    else store.jobs.putBack(job.id);
  }
  if (gone.some(({ job }) => job.run !== null)) await recoverLostRuns(store);
}

/** A job whose process ended before there was a run will not become one. */
function refuseUnbegun(store: Store, id: string, said: string): void {
  const job = store.jobs.get(id);
  if (!job || job.run !== null || job.state === "ended" || !isGone(store.jobs.follower(id))) return;
  store.jobs.end(id, "refused", { reason: said || "It could not be started." });
}

/** Jobs as the Jobs view shows them. */
import { tellingMetric } from "../../../compare/keyMetric";
import type { Job } from "../../../domain/job";
import { LOCAL } from "../../../domain/localTarget";
import type { RunSummary } from "../../../domain/run";
import { readProjectFile } from "../../../snapshot/projectFile";
import type { Store } from "../../../store/contract";
import type { JobCounts, JobGroup, JobProgress, JobView } from "./api";

export function jobCounts(store: Store | undefined): JobCounts {
  const counts: JobCounts = { queued: 0, active: 0, ended: 0, running: 0, paused: store?.jobs.paused() ?? [] };
  for (const { state, count } of store?.jobs.counts() ?? []) {
    if (state === "queued" || state === "ended") counts[state] += count;
    else counts.active += count;
    if (state === "running") counts.running += count;
  }
  return counts;
}

export async function listJobs(
  store: Store | undefined,
  root: string,
  group: JobGroup,
  limit: number,
): Promise<JobView[]> {
  return store ? withProgress(store, root, jobsOf(store, group, limit)) : [];
}

export async function getJobs(store: Store | undefined, root: string, ids: readonly string[]): Promise<JobView[]> {
  return store ? withProgress(store, root, store.jobs.getMany(ids)) : [];
}

function jobsOf({ jobs }: Store, group: JobGroup, limit: number): Job[] {
  switch (group) {
    case "queued": {
      const queued = jobs.queuedTargets().flatMap((target) => jobs.queued(target, limit));
      return queued.sort((a, b) => b.priority - a.priority || a.created - b.created).slice(0, limit);
    }
    case "active":
      return jobs
        .active()
        .map(({ job }) => job)
        .slice(0, limit);
    case "ended":
      return jobs.list({ states: ["ended"], limit }).jobs;
  }
}

async function withProgress(store: Store, root: string, jobs: readonly Job[]): Promise<JobView[]> {
  const going = jobs.filter(({ state, run }) => run !== null && (state === "running" || state === "collecting"));
  const runs = new Map(store.getSummaries(going.map(({ run }) => run!)).map((run) => [run.id, run]));
  const costs = await costsPerHour(root);
  return jobs.map(({ handle, env, ...job }) => ({
    ...job,
    progress: progressOf(runs.get(job.run ?? "")),
    costPerHour: costs.get(job.target) ?? null,
  }));
}

function progressOf(run: RunSummary | undefined): JobProgress | null {
  const metric = run && tellingMetric(Object.keys(run.metrics));
  const told = metric === undefined || metric.startsWith("system/") ? undefined : run?.metrics[metric];
  return told ? { metric: metric!, value: told.last, step: told.lastStep } : null;
}

/** A project file with mistakes costs nothing here: who starts jobs says what is wrong with it. */
async function costsPerHour(root: string): Promise<Map<string, number>> {
  const { targets, local } = await readProjectFile(root).catch(() => ({ targets: null, local: null }));
  const settings = Object.entries({ ...targets, [LOCAL]: local });
  return new Map(settings.flatMap(([name, one]) => (one?.costPerHour === undefined ? [] : [[name, one.costPerHour]])));
}

/** `modeltrail jobs` */
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../../domain/errors";
import { type Job, JobState } from "../../domain/job";
import { toJson } from "../../domain/json";
import { LOCAL } from "../../domain/localTarget";
import { readProjectFile } from "../../snapshot/projectFile";
import type { Store } from "../../store/contract";
import { jobTable, type Prices, stateText } from "../jobText";
import { openProject } from "../open";
import { oneLine, print, styled } from "../print";

export interface JobsOptions {
  all?: boolean;
  /** One or several, separated by commas. */
  state?: string;
  target?: string;
  sweep?: string;
  limit: string;
  follow?: boolean;
  json?: boolean;
}

const FOLLOW_MS = 250;
/** Those that ended before are shown only with --all. */
const RECENT_MS = 24 * 3_600_000;

export async function jobsCommand(options: JobsOptions): Promise<void> {
  const store = await openProject();
  if (!store) return print(options.json ? "[]" : NO_JOBS);
  try {
    if (options.follow) return await followJobs(store, options);
    const { jobs, total } = store.jobs.list(queryOf(options));
    const shown = options.all || options.state ? jobs : jobs.filter((job) => isRecent(job, Date.now()));
    if (options.json) return print(toJson(shown, 2));
    if (shown.length === 0)
      return print(total === 0 ? NO_JOBS : "No jobs in the last day. `modeltrail jobs --all` shows all.");
    print(jobTable(shown, await pricesOf(store.root), Date.now()));
    if (total > shown.length) print(styled(`${shown.length} of ${total} jobs; --all and --limit show more`, "dim"));
  } finally {
    store.close();
  }
}

const NO_JOBS = "No jobs yet. Queue one: modeltrail queue add -- python train.py";

const isRecent = ({ ended }: Job, now: number) => ended === null || now - ended < RECENT_MS;

/** Tells of each change until nothing waits or runs. */
async function followJobs(store: Store, options: JobsOptions): Promise<void> {
  const { states: _, limit: __, ...scope } = queryOf(options);
  const seen = new Map<string, string>();
  for (let revision = 0; ; await wait(FOLLOW_MS)) {
    // Asked before looking: what changes meanwhile is seen the next time.
    const changes = store.jobs.changesSince(revision);
    if (revision > 0 && changes.revision === revision) continue;
    const open = store.jobs.list({ ...scope, states: OPEN, limit: 10_000 }).jobs;
    const changed = revision === 0 || changes.all ? open : store.jobs.getMany(changes.jobs);
    const known = changes.all ? store.jobs.getMany([...seen.keys()]) : [];
    for (const job of [...known, ...changed]) if (fits(job, scope)) tell(job, seen, options.json === true);
    revision = changes.revision;
    if (open.length === 0) return;
  }
}

const OPEN = JobState.options.filter((state) => state !== "ended");

function fits(job: Job, { target, sweep }: { target?: string; sweep?: string }): boolean {
  return (target === undefined || job.target === target) && (sweep === undefined || job.sweep === sweep);
}

function tell(job: Job, seen: Map<string, string>, json: boolean): void {
  const now = `${job.outcome ?? job.state} ${job.reason ?? ""}`;
  if (seen.get(job.id) === now) return;
  seen.set(job.id, now);
  const reason = job.reason === null ? "" : `  ${oneLine(job.reason)}`;
  const line = `${job.id.slice(0, 8)}  ${stateText(job)}${job.target === LOCAL ? "" : `  on ${job.target}`}${reason}`;
  print(json ? toJson(job) : line);
}

function queryOf({ state, target, sweep, limit: text }: JobsOptions) {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new UserError(`"${text}" is not a number of jobs. Give --limit a whole number from 1 to 10000.`);
  }
  return { states: state?.split(",").map(parseState), target, sweep, limit };
}

function parseState(text: string): JobState {
  const state = JobState.safeParse(text);
  if (state.success) return state.data;
  throw new UserError(`"${text}" is not a state. There are: ${JobState.options.join(", ")}.`);
}

/** Nothing when modeltrail.yaml makes no sense: the list is worth more than its prices. */
async function pricesOf(root: string): Promise<Prices> {
  const { local, targets } = await readProjectFile(root).catch(() => ({ local: null, targets: null }));
  const others = Object.entries(targets ?? {}).map(([name, { costPerHour }]) => [name, costPerHour as number]);
  return { [LOCAL]: local?.costPerHour, ...Object.fromEntries(others) };
}

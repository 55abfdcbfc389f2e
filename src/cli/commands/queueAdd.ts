/** `modeltrail queue add` and `modeltrail jobs retry` */
import { UserError } from "../../domain/errors";
import type { Job, JobLimits } from "../../domain/job";
import { toJson } from "../../domain/json";
import { LOCAL } from "../../domain/localTarget";
import { parseLimits } from "../../domain/parseLimits";
import type { Store } from "../../store/contract";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";
import { addJobs, retryJob } from "../../targets/queue/addJob";
import { keptVariables, parseVariable } from "../../targets/queue/keptVariables";
import { startQueue } from "../../targets/queue/start";
import { withStore } from "../open";
import { print } from "../print";
import { parseTag } from "../tag";

export interface QueueAddOptions {
  target: string;
  priority: string;
  gpus: string;
  /** Each "time=2h" and so on. */
  limit?: string[];
  env?: string[];
  experiment?: string;
  name?: string;
  tag?: string[];
  note?: string;
  times: string;
  json?: boolean;
}

export async function queueAddCommand(command: string[], options: QueueAddOptions): Promise<void> {
  const { target } = options;
  const limits: JobLimits = parseLimits(options.limit ?? []);
  const variables = Object.fromEntries((options.env ?? []).map(parseVariable));
  const job = {
    target,
    command,
    cwd: process.cwd(),
    experiment: options.experiment,
    name: options.name,
    tags: Object.fromEntries((options.tag ?? []).map(parseTag)),
    note: options.note,
    priority: wholeNumber(options.priority, "--priority", Number.MIN_SAFE_INTEGER),
    gpus: wholeNumber(options.gpus, "--gpus", 0),
    limits,
    // Another machine has its own.
    env: target === LOCAL ? { ...keptVariables(process.env), ...variables } : variables,
  };
  const times = wholeNumber(options.times, "--times", 1);
  const store = openStore(locateRoot(process.cwd()).root);
  try {
    const added = await addJobs(store, Array<typeof job>(times).fill(job));
    startQueue(store.root);
    if (options.json) print(toJson(added, 2));
    else print(addedText(store, added));
  } finally {
    store.close();
  }
}

export async function retryJobsCommand(references: string[]): Promise<void> {
  await withStore((store) => {
    const added = references.map((reference) => retryJob(store, store.jobs.resolve(reference)));
    startQueue(store.root);
    print(addedText(store, added));
  });
}

function addedText(store: Store, added: readonly Job[]): string {
  const [first] = added;
  const what = added.length === 1 ? `the job ${first!.id.slice(0, 8)}` : `${added.length} jobs`;
  const { target } = first!;
  const isPaused = store.jobs.paused().some((paused) => paused === null || paused === target);
  const where = target === LOCAL ? "" : ` for ${target}`;
  const paused = isPaused
    ? ". The queue is paused: modeltrail queue resume"
    : ". `modeltrail jobs` shows how it stands.";
  return `Queued ${what}${where}${paused}`;
}

function wholeNumber(text: string, option: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least && text.trim() !== "") return number;
  throw new UserError(`"${text}" does not fit ${option}. Give a whole number${least > 0 ? " above 0" : ""}.`);
}

/** `modeltrail ls` */
import { type Repeats, repeatsOf, repeatText } from "../../compare/repeats";
import { UserError } from "../../domain/errors";
import { formatAgo } from "../../domain/format";
import { toJson } from "../../domain/json";
import { RunStatus, type RunSummary } from "../../domain/run";
import type { RunQuery, SortKey, Store } from "../../store/contract";
import { openProject } from "../open";
import { duration, metricsInShort, oneLine, print, styled, styledStatus, table } from "../print";
import { parseTag } from "../tag";

export interface ListOptions {
  experiment?: string;
  /** Each one or several, separated by commas. */
  status?: string[];
  tag?: string[];
  text?: string;
  script?: string;
  pinned?: boolean;
  /** False: only runs that are none. */
  scratch?: boolean;
  /** "KEY" or "KEY:desc" or "KEY:asc". */
  sort?: string;
  limit: string;
  deleted?: boolean;
  json?: boolean;
}

export async function listCommand(options: ListOptions): Promise<void> {
  const query = toQuery(options);
  const store = await openProject();
  if (!store) {
    print(options.json ? "[]" : "No runs yet. Record one: modeltrail run -- python train.py");
    return;
  }
  try {
    const { runs, total } = store.listRuns(query);
    if (options.json) print(toJson(runs, 2));
    else print(runs.length === 0 ? nothingText(options) : listText(store, runs, total, query.sort?.key));
  } finally {
    store.close();
  }
}

function toQuery(options: ListOptions): RunQuery {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new UserError(`"${options.limit}" is not a number of runs. Give --limit a whole number from 1 to 10000.`);
  }
  return {
    experiment: options.experiment,
    status: options.status?.flatMap((status) => status.split(",")).map(parseStatus),
    tags: options.tag && Object.fromEntries(options.tag.map(parseTag)),
    text: options.text,
    script: options.script,
    pinned: options.pinned,
    scratch: options.scratch,
    sort: options.sort === undefined ? undefined : parseSort(options.sort),
    limit,
    deleted: options.deleted,
  };
}

function parseStatus(text: string): RunStatus {
  const status = RunStatus.safeParse(text);
  if (!status.success) throw new UserError(`"${text}" is not a status. There are: ${RunStatus.options.join(", ")}.`);
  return status.data;
}

const SORT_KEYS = /^(?:startTime|endTime|name|status|duration|(?:metric|param):.+)$/;

function parseSort(text: string): NonNullable<RunQuery["sort"]> {
  const [, key = text, order] = /^(.+?)(?::(asc|desc))?$/.exec(text) ?? [];
  if (!SORT_KEYS.test(key)) {
    throw new UserError(
      `Runs cannot be sorted by "${key}". Sort by startTime, endTime, name, status, duration, metric:NAME or param:NAME, with :desc or :asc behind it.`,
    );
  }
  return { key: key as SortKey, descending: order === "desc" };
}

function nothingText(options: ListOptions): string {
  if (options.deleted) return "No deleted runs that could be restored.";
  return "No runs fit. `modeltrail ls` without filters shows all.";
}

function listText(store: Store, runs: RunSummary[], total: number, sortKey: string | undefined): string {
  const now = Date.now();
  const metric = sortKey?.startsWith("metric:") ? sortKey.slice("metric:".length) : undefined;
  const repeats = repeatNotes(store, metric);
  const rows = runs.map((run) => [
    run.id.slice(0, 8),
    oneLine(run.name),
    oneLine(run.experiment),
    styledStatus(run.status),
    formatAgo(run.startTime, now),
    duration(run, now),
    [metricsInShort(run, 3, metric), repeats(run)].filter(Boolean).join("  "),
  ]);
  const lines = table([["ID", "NAME", "EXPERIMENT", "STATUS", "STARTED", "TOOK", "METRICS"], ...rows]);
  if (runs.length === total) return lines;
  return `${lines}\n${styled(`${runs.length} of ${total} runs; --limit shows more`, "dim")}`;
}

/** What is said of a run that repeats others; runs with the same inputs are looked up once. */
function repeatNotes(store: Store, metric: string | undefined): (run: RunSummary) => string {
  const known = new Map<string, Repeats | null>();
  return (run) => {
    if (run.inputs === null || run.repeats < 2) return "";
    if (!known.has(run.inputs)) known.set(run.inputs, repeatsOf(store, run));
    const repeats = known.get(run.inputs);
    return repeats ? styled(`(${oneLine(repeatText(run, repeats, metric))})`, "dim") : "";
  };
}

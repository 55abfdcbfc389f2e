/** Sends runs to an MLflow server: what is there already is not sent again, what went on here since is added. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { UserError } from "../domain/errors";
import type { Run, RunStatus } from "../domain/run";
import {
  artifactUrl,
  SENT_ID as ID_TAG,
  type Message,
  type MlflowClient,
  MlflowError,
  mlflowClient,
  proxiedPath,
} from "../ingest/importers/mlflowClient";
import type { Store } from "../store/contract";
import { objectPath } from "../store/objects";

export interface ExportToOptions {
  signal?: AbortSignal;
  /** Runs done, of so many. */
  onProgress?: (done: number, total: number) => void;
  env?: NodeJS.ProcessEnv;
}

/** `present`: it is there as it is here, or came from there. */
export type ExportOutcome = "exported" | "updated" | "present";

export interface ExportedRun {
  id: string;
  name: string;
  /** The server's id of it. */
  mlflowId: string;
  outcome: ExportOutcome;
  /** What could not be sent as it is here, in words for the user. */
  left: string[];
}

export interface ExportToReport {
  address: string;
  runs: ExportedRun[];
}

const API = "/api/2.0/mlflow";
/** What a run was like when it was sent last. */
const STATE_TAG = "modeltrail.state";
/** What a server takes in one batch, and in one value. */
const MAX_METRICS = 1_000;
const MAX_ENTRIES = 100;
const MAX_PARAM = 6_000;
const MAX_TAG = 8_000;
const MAX_NAME = 250;
const PAGE = 50_000;

const STATUSES: Record<RunStatus, string> = {
  ...{ running: "RUNNING", finished: "FINISHED", failed: "FAILED", killed: "KILLED", lost: "FAILED" },
};

/** Runs in the order given; parents should come before their children. Throws UserError when the server cannot be asked. */
export async function exportToMlflow(
  store: Store,
  url: string,
  ids: readonly string[],
  { signal, onProgress, env }: ExportToOptions = {},
): Promise<ExportToReport> {
  const client = mlflowClient(url, { signal, ...(env ? { env } : {}) });
  const report: ExportToReport = { address: client.address, runs: [] };
  const sent = new Map<string, string>();
  for (const [index, id] of ids.entries()) {
    signal?.throwIfAborted();
    onProgress?.(index, ids.length);
    const run = store.getRun(id);
    if (!run) throw new UserError(`There is no run ${id}.`);
    const exported = await exportRun(store, client, run, sent);
    sent.set(id, exported.mlflowId);
    report.runs.push(exported);
  }
  onProgress?.(ids.length, ids.length);
  return report;
}

async function exportRun(
  store: Store,
  client: MlflowClient,
  run: Run,
  sent: ReadonlyMap<string, string>,
): Promise<ExportedRun> {
  const exported: ExportedRun = { id: run.id, name: run.name, mlflowId: run.id, outcome: "present", left: [] };
  // It came from there: its own id is known.
  if (run.tags["imported.from"]?.startsWith("mlflow") && (await isThere(client, run.id))) return exported;
  const known = await find(client, run.id);
  const state = stateOf(run);
  if (known) exported.mlflowId = infoOf(known).run_id;
  if (known && tagOf(known, STATE_TAG) === state) return exported;
  exported.outcome = known ? "updated" : "exported";
  const there = known ?? (await create(client, await experimentId(client, run.experiment), run));
  const info = infoOf(there);
  exported.mlflowId = info.run_id;
  await sendMetrics(store, client, info.run_id, run, exported.left);
  await sendEntries(client, info.run_id, run, sent, exported.left);
  await sendArtifacts(store, client, info.artifact_uri, run, exported.left);
  const end = { run_id: info.run_id, status: STATUSES[run.status], end_time: whole(run.endTime), run_name: run.name };
  await client.post(`${API}/runs/update`, end);
  // Last, so that what was interrupted is done again.
  await client.post(`${API}/runs/set-tag`, { run_id: info.run_id, key: STATE_TAG, value: state });
  return exported;
}

/** All that is sent; of metrics, what changes with each point. */
function stateOf({ name, status, endTime, params, tags, note, metrics, artifacts }: Run): string {
  const series = Object.entries(metrics).map(([key, { count, last, lastStep }]) => [
    key,
    count,
    String(last),
    lastStep,
  ]);
  return createHash("sha256")
    .update(JSON.stringify([name, status, endTime, params, tags, note, series, artifacts]))
    .digest("hex");
}

const whole = (time: number | null) => (time === null ? undefined : Math.round(time));

async function isThere(client: MlflowClient, id: string): Promise<boolean> {
  return notFound(async () => (await client.get(`${API}/runs/get`, { run_id: id })) !== undefined, false);
}

/** What `ask` gives, or `otherwise` when the server says that there is no such thing. */
async function notFound<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST") return otherwise;
    throw error;
  }
}

async function experimentId(client: MlflowClient, name: string): Promise<string> {
  const ask = async () => {
    const { experiment } = await client.get(`${API}/experiments/get-by-name`, { experiment_name: name });
    return experiment as { experiment_id: string; lifecycle_stage?: string };
  };
  const found = await notFound<Awaited<ReturnType<typeof ask>> | null>(ask, null);
  if (found?.lifecycle_stage === "deleted") {
    throw new UserError(
      `The experiment ${name} was deleted on the server. Restore it there, or move the runs to another one.`,
    );
  }
  if (found) return found.experiment_id;
  return (await client.post(`${API}/experiments/create`, { name })).experiment_id as string;
}

type ForeignInfo = { run_id: string; artifact_uri?: string };
const infoOf = (run: Message) => run.info as ForeignInfo;

function tagOf(run: Message, key: string): string | undefined {
  const { tags = [] } = (run.data ?? {}) as { tags?: { key: string; value: string }[] };
  return tags.find((tag) => tag.key === key)?.value;
}

/** In whatever experiment it is: it may have been moved, here or there. */
async function find(client: MlflowClient, id: string): Promise<Message | undefined> {
  for (let token: unknown; ; ) {
    const page = { max_results: 1_000, view_type: "ACTIVE_ONLY", page_token: token };
    const { experiments = [], next_page_token: next } = await client.post(`${API}/experiments/search`, page);
    const ids = (experiments as { experiment_id: string }[]).map((experiment) => experiment.experiment_id);
    const body = { experiment_ids: ids, filter: `tags."${ID_TAG}" = '${id}'`, max_results: 1 };
    const { runs = [] } = ids.length > 0 ? await client.post(`${API}/runs/search`, body) : {};
    const [found] = runs as Message[];
    if (found || !next) return found;
    token = next;
  }
}

async function create(client: MlflowClient, experiment: string, run: Run): Promise<Message> {
  const body = {
    ...{ experiment_id: experiment, run_name: run.name, start_time: whole(run.startTime) },
    // In the same call: a second attempt after a lost answer finds the run.
    tags: [{ key: ID_TAG, value: run.id }],
  };
  return (await client.post(`${API}/runs/create`, body)).run as Message;
}

async function sendMetrics(store: Store, client: MlflowClient, id: string, run: Run, left: string[]): Promise<void> {
  let batch: Message[] = [];
  const flush = async () => {
    if (batch.length > 0) await client.post(`${API}/runs/log-batch`, { run_id: id, metrics: batch });
    batch = [];
  };
  let rounded = 0;
  for (const key of Object.keys(run.metrics)) {
    const name = legalName(key);
    for (let from = 0; ; from += PAGE) {
      const { steps, times, values, total } = store.metricColumns(run.id, key, from, PAGE);
      for (const [i, value] of values.entries()) {
        const step = Math.round(steps[i]!);
        if (step !== steps[i]) rounded++;
        batch.push({
          key: name,
          value: Number.isFinite(value) ? value : String(value),
          timestamp: whole(times[i]!),
          step,
        });
        if (batch.length === MAX_METRICS) await flush();
      }
      if (from + PAGE >= total) break;
    }
  }
  await flush();
  if (rounded > 0) left.push(`${rounded} points have steps that are no whole numbers; they were rounded.`);
}

async function sendEntries(
  client: MlflowClient,
  id: string,
  run: Run,
  sent: ReadonlyMap<string, string>,
  left: string[],
): Promise<void> {
  const params = entriesOf(run.params, MAX_PARAM, "param", left);
  const tags = entriesOf(tagsOf(run, sent), MAX_TAG, "tag", left);
  for (const [kind, entries] of [
    ["params", params],
    ["tags", tags],
  ] as const) {
    for (let from = 0; from < entries.length; from += MAX_ENTRIES) {
      await client.post(`${API}/runs/log-batch`, { run_id: id, [kind]: entries.slice(from, from + MAX_ENTRIES) });
    }
  }
}

function entriesOf(values: Record<string, string>, most: number, what: string, left: string[]) {
  return Object.entries(values).map(([key, value]) => {
    if (value.length > most) left.push(`The ${what} ${key} is longer than ${most} characters and was cut.`);
    return { key: legalName(key), value: value.slice(0, most) };
  });
}

function tagsOf(run: Run, sent: ReadonlyMap<string, string>): Record<string, string> {
  const { commit, head, branch } = run.snapshot.code;
  const parent = run.parent === null ? undefined : sent.get(run.parent);
  const told = {
    "mlflow.note.content": run.note || undefined,
    "mlflow.source.name": run.script ?? undefined,
    "mlflow.source.type": run.script ? "LOCAL" : undefined,
    "mlflow.source.git.commit": head ?? undefined,
    "mlflow.source.git.branch": branch ?? undefined,
    "mlflow.parentRunId": parent,
    "modeltrail.code": commit ?? undefined,
    "modeltrail.status": run.status,
    "modeltrail.command": run.command.length > 0 ? JSON.stringify(run.command) : undefined,
  };
  const known = Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // An id of another server's run would name nothing there.
  const { "mlflow.parentRunId": _parent, ...own } = run.tags;
  return { ...own, ...Object.fromEntries(known) };
}

/** MLflow's names have letters, digits, `_ - . : / ` and spaces only. */
const legalName = (name: string) => name.replace(/[^\w\-.:/ ]/g, "_").slice(0, MAX_NAME);

async function sendArtifacts(
  store: Store,
  client: MlflowClient,
  address: string | undefined,
  run: Run,
  left: string[],
): Promise<void> {
  if (run.artifacts.length === 0) return;
  const base = proxiedPath(address ?? "", client.address);
  if (base === null) {
    left.push(
      `The server keeps artifacts at ${address}, and takes none itself: ${run.artifacts.length} were not sent.`,
    );
    return;
  }
  for (const { path, sha256 } of run.artifacts) {
    const file = objectPath(store.folder, sha256);
    if (!existsSync(file)) left.push(`The content of ${path} is not kept here, and was not sent.`);
    else await client.upload(artifactUrl(`${base}/${path}`), file);
  }
}

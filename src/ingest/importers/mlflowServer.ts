/** Runs of an MLflow server, through its REST API. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { AnyNumber } from "../../domain/json";
import type { Gap } from "../../domain/run";
import { isRunId } from "../../domain/runId";
import type { ForeignFile, ForeignRun, FoundRun, ImportContext, Importer } from "./contract";
import { artifactUrl, type MlflowClient, MlflowError, mlflowClient, proxiedPath, SENT_ID } from "./mlflowClient";
import { modelFolder } from "./mlflowFolder";
import { fromStoredValue, toForeign } from "./mlflowRun";
import { PointGatherer } from "./points";
import { importedId } from "./runId";

const API = "/api/2.0/mlflow";
const PAGE = 1_000;
const POINTS = 25_000;
/** Artifact folders deeper than this are no one's. */
const MAX_DEPTH = 30;

/** Numbers of 64 bits may come as strings. */
const Whole = z.pipe(z.union([z.number(), z.string()]), z.transform(Number));
const KeyValue = z.object({ key: z.string(), value: z._default(z.string(), "") });
const Point = z.object({ key: z.string(), value: AnyNumber, timestamp: Whole, step: z._default(Whole, 0) });
const Experiment = z.object({ experiment_id: z.string(), name: z.string() });
const Run = z.object({
  info: z.object({
    run_id: z.string(),
    run_name: z.optional(z.string()),
    status: z.string(),
    start_time: z._default(Whole, 0),
    end_time: z.optional(Whole),
    artifact_uri: z._default(z.string(), ""),
    user_id: z.optional(z.string()),
  }),
  data: z._default(
    z.object({
      params: z._default(z.array(KeyValue), []),
      tags: z._default(z.array(KeyValue), []),
      metrics: z._default(z.array(Point), []),
    }),
    { params: [], tags: [], metrics: [] },
  ),
});
type Run = z.infer<typeof Run>;
const LoggedModel = z.object({
  info: z.object({ model_id: z.string(), name: z._default(z.string(), ""), artifact_uri: z._default(z.string(), "") }),
});
const ListedFile = z.object({ path: z.string(), is_dir: z._default(z.boolean(), false), file_size: z.optional(Whole) });

export const mlflowServer: Importer = {
  kind: "mlflow-server",
  title: "MLflow server",
  async find({ location }, context) {
    const client = mlflowClient(location, { signal: context.signal });
    const found: FoundRun[] = [];
    // Our ids by those of the server.
    const ids = new Map<string, string>();
    for (const { experiment_id: id, name } of await listExperiments(client)) {
      for (const run of await listRuns(client, id)) {
        const { info, data } = run;
        const sent = data.tags.find(({ key, value }) => key === SENT_ID && isRunId(value))?.value;
        const ourId = sent ?? importedId("mlflow", info.run_id);
        ids.set(info.run_id, ourId);
        found.push({
          id: ourId,
          isSent: sent !== undefined,
          originalId: info.run_id,
          name: info.run_name || info.run_id,
          experiment: name,
          // A run that goes on may have got points that are not the last of their metric.
          state:
            info.status === "RUNNING"
              ? null
              : createHash("sha256")
                  .update(JSON.stringify([info, data]))
                  .digest("hex"),
          async read() {
            const read = await readRun(client, id, run, context);
            const parent = data.tags.find(({ key }) => key === "mlflow.parentRunId")?.value;
            return { ...read, parent: ids.get(parent ?? "") ?? read.parent };
          },
        });
      }
    }
    return found;
  },
};

/** All pages of a list; `page` asks for one. */
async function pages<T>(page: (token: string | undefined) => Promise<[items: T[], next: unknown]>): Promise<T[]> {
  const all: T[] = [];
  for (let token: string | undefined; ; ) {
    const [items, next] = await page(token);
    all.push(...items);
    if (typeof next !== "string" || next === "" || next === token) return all;
    token = next;
  }
}

const listExperiments = (client: MlflowClient) =>
  pages(async (token) => {
    const body = { max_results: PAGE, view_type: "ACTIVE_ONLY", page_token: token };
    const answer = await client.post(`${API}/experiments/search`, body);
    return [z.array(Experiment).parse(answer.experiments ?? []), answer.next_page_token];
  });

const listRuns = (client: MlflowClient, experiment: string) =>
  pages(async (token) => {
    const body = {
      ...{ experiment_ids: [experiment], max_results: PAGE, run_view_type: "ACTIVE_ONLY", page_token: token },
      order_by: ["attributes.start_time ASC"],
    };
    const answer = await client.post(`${API}/runs/search`, body);
    return [z.array(Run).parse(answer.runs ?? []), answer.next_page_token];
  });

async function readRun(
  client: MlflowClient,
  experiment: string,
  { info, data }: Run,
  { signal }: ImportContext,
): Promise<ForeignRun> {
  const points = new PointGatherer();
  for (const { key } of data.metrics) {
    const history = await pages(async (token) => {
      const query = { run_id: info.run_id, metric_key: key, max_results: POINTS, page_token: token };
      const answer = await client.get(`${API}/metrics/get-history`, query);
      return [z.array(Point).parse(answer.metrics ?? []), answer.next_page_token];
    });
    for (const point of history) {
      points.add(key, point.step, point.timestamp, fromStoredValue(point.value, Number.isNaN(point.value)));
    }
    signal?.throwIfAborted();
  }
  const gaps: Gap[] = [];
  const keyed = (list: z.infer<typeof KeyValue>[]) => Object.fromEntries(list.map(({ key, value }) => [key, value]));
  return toForeign({
    status: info.status,
    startTime: info.start_time,
    endTime: info.end_time ?? null,
    user: info.user_id ?? null,
    params: keyed(data.params),
    tags: keyed(data.tags),
    points,
    artifacts: [
      ...(await artifactsOf(client, info.run_id, gaps, info.artifact_uri)),
      ...(await modelsOf(client, experiment, info.run_id, gaps)),
    ],
    gaps,
  });
}

/** Through the server itself: where it keeps them is its own affair. */
async function artifactsOf(client: MlflowClient, run: string, gaps: Gap[], address: string): Promise<ForeignFile[]> {
  const files: ForeignFile[] = [];
  const base = proxiedPath(address, client.address);
  const list = async (folder: string | undefined, depth: number): Promise<void> => {
    const answer = await client.get(`${API}/artifacts/list`, { run_id: run, path: folder });
    for (const entry of z.array(ListedFile).parse(answer.files ?? [])) {
      if (!isPlain(entry.path)) continue;
      if (entry.is_dir) {
        if (depth < MAX_DEPTH) await list(entry.path, depth + 1);
      } else {
        const download = (to: string) =>
          base === null
            ? client.download("/get-artifact", to, { path: entry.path, run_uuid: run })
            : client.download(artifactUrl(`${base}/${entry.path}`), to);
        files.push({ path: entry.path, size: entry.file_size ?? null, download });
      }
    }
  };
  try {
    await list(undefined, 0);
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    gaps.push({ kind: "missing", message: `The artifacts, at ${address}, could not be listed: ${error.message}` });
  }
  return files;
}

/** The models that the run logged (MLflow 3), from a server that hands them out itself. */
async function modelsOf(client: MlflowClient, experiment: string, run: string, gaps: Gap[]): Promise<ForeignFile[]> {
  const files: ForeignFile[] = [];
  const names = new Set<string>();
  for (const { info } of await listModels(client, experiment, run)) {
    const prefix = `models/${modelFolder(info.name || info.model_id, info.model_id, names)}`;
    const base = proxiedPath(info.artifact_uri, client.address);
    if (base === null) {
      gaps.push({
        kind: "missing",
        message: `The files of ${prefix} are at ${info.artifact_uri}, and were not fetched.`,
      });
      continue;
    }
    const list = async (folder: string, depth: number): Promise<void> => {
      const answer = await client.get("/api/2.0/mlflow-artifacts/artifacts", { path: `${base}${folder}` });
      for (const entry of z.array(ListedFile).parse(answer.files ?? [])) {
        if (!isPlain(entry.path)) continue;
        // Its name only, as this list is of one folder.
        const place = `${folder}/${entry.path.split("/").at(-1)}`;
        if (entry.is_dir) {
          if (depth < MAX_DEPTH) await list(place, depth + 1);
        } else {
          const download = (to: string) => client.download(artifactUrl(base + place), to);
          files.push({ path: prefix + place, size: entry.file_size ?? null, download });
        }
      }
    };
    try {
      await list("", 0);
    } catch (error) {
      if (!(error instanceof MlflowError)) throw error;
      gaps.push({ kind: "missing", message: `The files of ${prefix} could not be listed: ${error.message}` });
    }
  }
  return files;
}

async function listModels(client: MlflowClient, experiment: string, run: string) {
  try {
    return await pages(async (token) => {
      const body = { experiment_ids: [experiment], filter: `source_run_id = '${run}'`, page_token: token };
      const answer = await client.post(`${API}/logged-models/search`, body);
      return [z.array(LoggedModel).parse(answer.models ?? []), answer.next_page_token];
    });
  } catch (error) {
    // Before MLflow 3 there were none.
    if (error instanceof MlflowError && error.status === 404) return [];
    throw error;
  }
}

/** A path that stays below the run. */
const isPlain = (name: string) => name !== "" && !name.startsWith("/") && !name.split(/[\\/]/).includes("..");

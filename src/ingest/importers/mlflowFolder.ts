/**
 * MLflow's file store, `mlruns/`: folders of experiments with folders of runs, each with a `meta.yaml` and folders of params,
 * tags and metrics with a file for each; a name with slashes is a file in folders.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod/mini";
import { UserError } from "../../domain/errors";
import type { Gap } from "../../domain/run";
import type { ForeignFile, ForeignRun, FoundRun, ImportContext, Importer } from "./contract";
import { listFiles } from "./localFiles";
import { localArtifacts, toForeign } from "./mlflowRun";
import { PointGatherer } from "./points";
import { parsePythonNumber } from "./pythonJson";
import { importedId } from "./runId";
import { parseYaml } from "./yamlFile";

const META = "meta.yaml";

const ExperimentMeta = z.object({ name: z.coerce.string(), lifecycle_stage: z.optional(z.string()) });
const RunMeta = z.object({
  run_id: z.optional(z.string()),
  run_uuid: z.optional(z.string()),
  run_name: z.optional(z.coerce.string()),
  // The oldest versions wrote a number.
  status: z.union([z.number(), z.string()]),
  start_time: z.number(),
  end_time: z.optional(z.nullable(z.number())),
  lifecycle_stage: z.optional(z.string()),
  user_id: z.optional(z.nullable(z.coerce.string())),
  artifact_uri: z.optional(z.string()),
});
type RunMeta = z.infer<typeof RunMeta>;

export const mlflowFolder: Importer = {
  kind: "mlflow-folder",
  title: "MLflow folder",
  async find({ location }, context) {
    const found: FoundRun[] = [];
    for (const experiment of await subfolders(location)) {
      const folder = path.join(location, experiment);
      const meta = ExperimentMeta.safeParse(await readMeta(folder)).data;
      if (!meta || meta.lifecycle_stage === "deleted") continue;
      for (const run of await subfolders(folder)) {
        const place = path.join(folder, run);
        const runMeta = RunMeta.safeParse(await readMeta(place)).data;
        const originalId = runMeta?.run_id ?? runMeta?.run_uuid;
        if (!runMeta || originalId === undefined || runMeta.lifecycle_stage === "deleted") continue;
        found.push({
          id: importedId("mlflow", originalId),
          originalId,
          name: runMeta.run_name || (await readText(path.join(place, "tags", "mlflow.runName"))) || originalId,
          experiment: meta.name,
          state: await stateOf(place),
          read: () => readRun(location, folder, place, runMeta, context),
        });
      }
    }
    return found;
  },
};

/** What a run in the folder has logged as files, of its models too. */
export interface LoggedArtifacts {
  /** As MLflow calls the run. */
  originalId: string;
  /** Ms since the epoch. */
  startTime: number;
  /** Of another run, as MLflow calls it. */
  parent: string | null;
  /** Those of models begin with the model's name. */
  files: ForeignFile[];
  gaps: Gap[];
}

/** Of all runs that lie in an MLflow folder, those that were made first first; only what lies there counts. */
export async function findArtifacts(location: string): Promise<LoggedArtifacts[]> {
  const found: LoggedArtifacts[] = [];
  for (const experiment of await subfolders(location)) {
    const folder = path.join(location, experiment);
    for (const run of await subfolders(folder)) {
      const place = path.join(folder, run);
      const meta = RunMeta.safeParse(await readMeta(place)).data;
      const originalId = meta?.run_id ?? meta?.run_uuid;
      if (!meta || originalId === undefined || meta.lifecycle_stage === "deleted") continue;
      const [own, models] = [await listFiles(path.join(place, "artifacts")), await modelsOf(folder, place, "")];
      found.push({
        originalId,
        startTime: meta.start_time,
        parent: (await readText(path.join(place, "tags", "mlflow.parentRunId"))) ?? null,
        files: [...own.files, ...models.files],
        gaps: [...own.gaps, ...models.gaps],
      });
    }
  }
  return found.sort((one, other) => one.startTime - other.startTime);
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => {
    throw new UserError(`The MLflow folder ${folder} could not be read: ${error.message}`, { cause: error });
  });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== ".trash")
    .map((entry) => entry.name)
    .sort();
}

async function readMeta(folder: string): Promise<unknown> {
  const text = await readText(path.join(folder, META));
  if (text === undefined) return undefined;
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
}

const readText = (file: string) => readFile(file, "utf8").catch(() => undefined);

/** Names, sizes and times of all the run's files: MLflow only appends to them or writes them anew. */
async function stateOf(place: string): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(place, { recursive: true })).sort();
  for (const name of names) {
    const stats = await stat(path.join(place, name), { bigint: true }).catch(() => undefined);
    if (stats?.isFile()) hash.update(`${JSON.stringify(name)} ${stats.size} ${stats.mtimeNs}\n`);
  }
  return hash.digest("hex");
}

async function readRun(
  store: string,
  experiment: string,
  place: string,
  meta: RunMeta,
  context: ImportContext,
): Promise<ForeignRun> {
  const gaps: Gap[] = [];
  const { files: own, gaps: missing } = await artifactsOf(store, place, meta, context);
  const models = await modelsOf(experiment, place);
  gaps.push(...missing, ...models.gaps);
  return toForeign({
    status: meta.status,
    startTime: meta.start_time,
    endTime: meta.end_time ?? null,
    user: meta.user_id ?? null,
    params: await readValues(path.join(place, "params")),
    tags: await readValues(path.join(place, "tags")),
    points: await readMetrics(path.join(place, "metrics"), gaps),
    artifacts: [...own, ...models.files],
    gaps,
  });
}

/** Beside the run when they are there, whatever the address says: folders are moved. */
async function artifactsOf(store: string, place: string, { artifact_uri: uri }: RunMeta, context: ImportContext) {
  const beside = path.join(place, "artifacts");
  if (existsSync(beside) || !uri) return listFiles(beside);
  return localArtifacts(uri, path.dirname(store), [store], context);
}

/** Every file below the folder, by its path from there with `/`. */
async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
}

async function readValues(folder: string): Promise<Record<string, string>> {
  const values: [string, string][] = [];
  for (const name of await namesBelow(folder)) {
    values.push([name, await readFile(path.join(folder, name), "utf8")]);
  }
  return Object.fromEntries(values);
}

/** Lines "time value step", since 3.x with the dataset behind; the oldest have no step. */
async function readMetrics(folder: string, gaps: Gap[]): Promise<PointGatherer> {
  const points = new PointGatherer();
  for (const key of await namesBelow(folder)) {
    let wrong = 0;
    const lines = (await readFile(path.join(folder, key), "utf8")).split("\n");
    for (const line of lines) {
      if (line.trim() === "") continue;
      const [time, value, step = "0"] = line.trim().split(" ");
      const number = parsePythonNumber(value ?? "");
      if (number === undefined || !points.add(key, Number(step), Number(time), number)) wrong++;
    }
    if (wrong > 0) {
      const what = wrong === 1 ? "A line" : `${wrong} lines`;
      gaps.push({ kind: "unreadable", message: `${what} of the metric ${key} could not be read.` });
    }
  }
  return points;
}

/** The models that the run logged (MLflow 3): they lie beside the runs. */
async function modelsOf(
  experiment: string,
  place: string,
  prefix = "models/",
): Promise<{ files: ForeignFile[]; gaps: Gap[] }> {
  const files: ForeignFile[] = [];
  const gaps: Gap[] = [];
  const names = new Set<string>();
  const outputs = await readdir(path.join(place, "outputs")).catch(() => []);
  for (const id of outputs.sort()) {
    const folder = path.join(experiment, "models", path.basename(id));
    const name = ExperimentMeta.safeParse(await readMeta(folder)).data?.name ?? id;
    const listed = await listFiles(path.join(folder, "artifacts"), `${prefix}${modelFolder(name, id, names)}/`);
    files.push(...listed.files);
    gaps.push(...listed.gaps);
  }
  return { files, gaps };
}

/** By its name, and when that is taken or no name of a folder, by its id. */
export function modelFolder(name: string, id: string, taken: Set<string>): string {
  const folder = taken.has(name) || /[\\/]|^\.+$/.test(name) ? id : name;
  taken.add(folder);
  return folder;
}

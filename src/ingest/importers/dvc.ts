/** DVC's experiments: commits under `refs/exps/<baseline>/<name>` in the project's repository. DVC itself is not needed. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { Gap } from "../../domain/run";
import {
  emptyRun,
  type ForeignFile,
  type ForeignRun,
  type FoundRun,
  type ImportContext,
  type Importer,
} from "./contract";
import { type CommitFiles, type DvcOutput, type DvcPlaces, readDvcProject, readStructure } from "./dvcFiles";
import { PointGatherer } from "./points";
import { flatten, paramText, parsePythonNumber } from "./pythonJson";
import { importedId } from "./runId";

/** Others under `refs/exps` are DVC's own: the queue, the run going on. */
const EXPERIMENT = /^refs\/exps\/([0-9a-f]{2})\/([0-9a-f]{38,62})\/(.+)$/;
/** Where DVCLive puts the series of its metrics, below its folder. */
const SERIES = /^(?:(.*)\/)?plots\/metrics\/(.+)\.tsv$/;

export const dvc: Importer = {
  kind: "dvc",
  title: "DVC repository",
  async find({ location }, context) {
    const format = "%(objectname) %(committerdate:unix) %(refname)";
    const refs = await context.git(["for-each-ref", `--format=${format}`, "refs/exps"]).catch((error: Error) => {
      throw new UserError(`The experiments of ${location} could not be listed: ${error.message}`, { cause: error });
    });
    const found: FoundRun[] = [];
    for (const line of refs.toString("utf8").split("\n")) {
      const [commit, seconds, ref] = line.split(" ");
      const match = EXPERIMENT.exec(ref ?? "");
      if (!commit || !match) continue;
      found.push({
        id: importedId("dvc", commit),
        originalId: commit,
        name: match[3]!,
        experiment: "dvc",
        // A commit never changes; what of it is in the cache may.
        state: JSON.stringify([commit, await missingOf(commit, location, context)]),
        read: () => readRun(commit, match[1]! + match[2]!, Number(seconds) * 1_000, location, context),
      });
    }
    return found;
  },
};

/** Names of the outputs that are not in the cache. */
async function missingOf(commit: string, location: string, context: ImportContext): Promise<(string | undefined)[]> {
  const files = await commitFiles(commit, context);
  const locks = new Set([...files.names].filter((name) => path.posix.basename(name) === "dvc.lock"));
  const { outputs } = await readDvcProject({ ...files, names: locks });
  return (await cached(outputs, location)).gaps.map((gap) => gap.path);
}

async function readRun(
  commit: string,
  baseline: string,
  time: number,
  location: string,
  context: ImportContext,
): Promise<ForeignRun> {
  const files = await commitFiles(commit, context);
  const { places, outputs, commands } = await readDvcProject(files);
  const points = new PointGatherer();
  const written = await addSeries(points, files, time);
  await addMetrics(points, files, places, written, time);
  const { artifacts, gaps } = await cached(outputs, location);
  const command = commands.length === 1 && /^[\w./=: -]+$/.test(commands[0]!) ? commands[0]!.split(/ +/) : commands;
  return {
    ...emptyRun(points.firstTime() ?? time),
    endTime: points.lastTime() ?? time,
    params: await paramsOf(files, places),
    tags: { "dvc.baseline": baseline },
    command: command.length > 0 ? command : ["dvc", "exp", "run"],
    cwd: location,
    script: command.find((word) => word.endsWith(".py") && files.names.has(word)) ?? null,
    code: (await context.keepCode(commit)) ?? { head: baseline },
    series: points.series("dvc"),
    artifacts,
    gaps,
  };
}

async function commitFiles(commit: string, { git }: ImportContext): Promise<CommitFiles> {
  const names = (await git(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit])).toString("utf8").split("\0");
  return {
    names: new Set(names.filter((name) => name !== "")),
    read: (name) => git(["cat-file", "blob", `${commit}:${name}`]),
  };
}

/** The first file that has a key keeps it as its name; in others the file's name stands before it, as DVC shows them. */
async function paramsOf(files: CommitFiles, places: DvcPlaces): Promise<Record<string, string>> {
  const params = new Map<string, string>();
  for (const name of [...places.params].sort()) {
    for (const [key, value] of flatten(asRecord(await readStructure(files, name)), ".")) {
      const text = paramText(value);
      if (params.has(key) && params.get(key) !== text) params.set(`${name}:${key}`, text);
      else params.set(key, text);
    }
  }
  return Object.fromEntries(params);
}

const asRecord = (value: unknown) =>
  (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {}) as Record<string, unknown>;

/** DVCLive's series. Gives, by folder of DVCLive's, the names of the metrics that have one. */
async function addSeries(points: PointGatherer, files: CommitFiles, time: number): Promise<Map<string, Set<string>>> {
  const written = new Map<string, Set<string>>();
  for (const name of files.names) {
    const match = SERIES.exec(name);
    if (!match) continue;
    const [, folder = "", key] = match;
    written.set(folder, (written.get(folder) ?? new Set()).add(key!));
    const [header = [], ...rows] = (await files.read(name))
      .toString("utf8")
      .split(/\r?\n/)
      .map((line) => line.split("\t"));
    const [step, at] = [header.indexOf("step"), header.indexOf("timestamp")];
    for (const [index, row] of rows.entries()) {
      const value = parsePythonNumber(row[header.length - 1] ?? "");
      if (row.length !== header.length || value === undefined) continue;
      points.add(key!, step >= 0 ? Number(row[step]) : index, at >= 0 ? Number(row[at]) : time, value);
    }
  }
  return written;
}

/** Numbers in metrics files; those of DVCLive that have a series are its last point, and are in it already. */
async function addMetrics(
  points: PointGatherer,
  files: CommitFiles,
  { metrics }: DvcPlaces,
  written: ReadonlyMap<string, Set<string>>,
  time: number,
): Promise<void> {
  const seen = new Set<string>();
  for (const name of [...metrics].sort()) {
    const series = written.get(path.posix.dirname(name));
    const content = asRecord(await readStructure(files, name));
    const step = series && typeof content.step === "number" ? content.step : 0;
    for (const [key, value] of flatten(content, series ? "/" : ".")) {
      if (typeof value !== "number" || series?.has(key) || (series && key === "step")) continue;
      const label = seen.has(key) ? `${name}:${key}` : key;
      seen.add(key);
      points.add(label, step, time, value);
    }
  }
}

/** The outputs that are in DVC's cache. */
async function cached(
  outputs: readonly DvcOutput[],
  location: string,
): Promise<{ artifacts: ForeignFile[]; gaps: Gap[] }> {
  const artifacts: ForeignFile[] = [];
  const gaps: Gap[] = [];
  const add = (name: string, md5: string) => {
    const file = cacheFile(location, md5);
    if (file) artifacts.push({ path: name, file });
    else
      gaps.push({
        kind: "missing",
        path: name,
        message: `${name} is not in DVC's cache here. \`dvc pull\` may bring it; then import again.`,
      });
  };
  for (const { path: name, md5 } of outputs) {
    if (!md5.endsWith(".dir")) {
      add(name, md5);
      continue;
    }
    const listing = cacheFile(location, md5);
    if (!listing) add(name, md5);
    else {
      const entries = JSON.parse(await readFile(listing, "utf8")) as { md5: string; relpath: string }[];
      for (const entry of entries) add(path.posix.join(name, entry.relpath), entry.md5);
    }
  }
  return { artifacts, gaps };
}

/** In the layout of DVC 3, or that of earlier ones. */
function cacheFile(location: string, md5: string): string | undefined {
  if (!/^[0-9a-f]{32}(?:\.dir)?$/.test(md5)) return undefined;
  const cache = path.join(location, ".dvc", "cache");
  const parts = [md5.slice(0, 2), md5.slice(2)];
  return [path.join(cache, "files", "md5", ...parts), path.join(cache, ...parts)].find((file) => existsSync(file));
}

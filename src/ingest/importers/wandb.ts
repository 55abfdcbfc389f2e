/** Runs of Weights & Biases that lie on this machine: folders `offline-run-…` (and `run-…`) with a `.wandb` file each. */
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../domain/errors";
import type { Environment } from "../../domain/run";
import { emptyRun, type ForeignRun, type FoundRun, type Importer } from "./contract";
import { listFiles } from "./localFiles";
import { PointGatherer } from "./points";
import { flatten, paramText, parsePythonJson } from "./pythonJson";
import { importedId } from "./runId";
import { readWandbLog } from "./wandbLog";
import { readWandbRecord, type WandbEnvironment, type WandbItem, type WandbRecord, type WandbRun } from "./wandbRecord";

/** What W&B keeps of its own in `files/`. */
const OWN_FILES = new Set([
  "output.log",
  "requirements.txt",
  "wandb-summary.json",
  "wandb-metadata.json",
  "config.yaml",
  "conda-environment.yaml",
]);
/** A run's log and its metrics are read whole. */
const MAX_BYTES = 2 ** 31;

export const wandb: Importer = {
  kind: "wandb",
  title: "W&B folder",
  async find({ location }) {
    const found: FoundRun[] = [];
    for (const folder of await runFolders(location)) {
      const file = await logFile(folder);
      if (file === undefined) continue;
      const { size, mtimeMs } = await stat(file);
      const head = (await readRecords(file, 1 << 20)).records.find(({ run }) => run)?.run;
      const originalId = head?.id || /run-([^.]+)\.wandb$/.exec(file)![1]!;
      found.push({
        // Ids are short, and unique within a project only; a run that was resumed has several folders.
        id: importedId("wandb", head?.project ?? "", path.basename(folder), originalId),
        originalId,
        name: head?.name || originalId,
        experiment: head?.project || "uncategorized",
        state: `${size} ${mtimeMs}`,
        read: () => readRun(folder, file, size),
      });
    }
    return found;
  },
};

/** The folder itself when it is a run's, else those in it and in its `wandb`. */
async function runFolders(location: string): Promise<string[]> {
  if ((await logFile(location)) !== undefined) return [location];
  const folders: string[] = [];
  for (const parent of [location, path.join(location, "wandb")]) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    // "latest-run" is a link to one of them.
    const own = entries.filter((entry) => entry.isDirectory() && /^(?:offline-)?run-/.test(entry.name));
    folders.push(...own.map((entry) => path.join(parent, entry.name)).sort());
  }
  return folders;
}

async function logFile(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const name = names.sort().find((entry) => /^run-.+\.wandb$/.test(entry));
  return name && path.join(folder, name);
}

async function readRecords(file: string, most: number) {
  const bytes = await readFile(file);
  const { records, damagedAt } = readWandbLog(bytes.subarray(0, most));
  const read: WandbRecord[] = [];
  let damaged = damagedAt !== null;
  for (const record of records) {
    try {
      read.push(readWandbRecord(record));
    } catch {
      damaged = true;
    }
  }
  return { records: read, damaged };
}

async function readRun(folder: string, file: string, size: number): Promise<ForeignRun> {
  if (size > MAX_BYTES) throw new UserError(`${file} is larger than 2 GiB and cannot be read.`);
  const { records, damaged } = await readRecords(file, size);
  const head = records.find(({ run }) => run)?.run;
  if (!head) throw new UserError(`${file} says nothing of a run: it is empty or damaged.`);
  const content = understand(records, head);
  const { files, gaps } = await listFiles(path.join(folder, "files"));
  if (damaged)
    gaps.push({ kind: "unreadable", message: `${path.basename(file)} is damaged: a part of it was not read.` });
  const exit = records.findLast((record) => record.exit)?.exit;
  const environment = merged(records);
  const script = environment?.codePath || environment?.program || null;
  return {
    ...emptyRun(Number.isFinite(head.startTime) ? head.startTime : (content.points.lastTime() ?? 0)),
    status: exit ? (exit.code === 0 ? "finished" : "failed") : "running",
    exitCode: exit?.code ?? null,
    endTime: content.points.lastTime(),
    params: content.params,
    tags: tagsOf(head, content.summary),
    note: head.notes,
    command: environment?.program ? ["python", environment.program, ...environment.args] : [],
    cwd: environment?.root || null,
    script,
    code: { head: environment?.commit || head.commit || null },
    environment: environment ? await environmentOf(folder, environment) : null,
    series: content.points.series("wandb"),
    artifacts: files.filter((one) => !OWN_FILES.has(one.path)),
    log: (await readFile(path.join(folder, "files", "output.log")).catch(() => null)) ?? null,
    gaps,
  };
}

/** It is written in parts. */
function merged(records: readonly WandbRecord[]): WandbEnvironment | null {
  let all: WandbEnvironment | null = null;
  for (const { environment } of records) {
    if (!environment) continue;
    const told = Object.entries(environment).filter(([, value]) => value.length > 0);
    all = Object.assign(all ?? environment, Object.fromEntries(told));
  }
  return all;
}

function understand(records: readonly WandbRecord[], head: WandbRun) {
  const points = new PointGatherer();
  const config = new Map<string, unknown>();
  const summary = new Map<string, unknown>();
  const change = (into: Map<string, unknown>, update: WandbItem[], remove: WandbItem[] = []) => {
    for (const { key } of remove) into.delete(key.join("."));
    for (const { key, json } of update) setFlat(into, key.join("."), parse(json));
  };
  change(config, head.config);
  let nextStep = 0;
  for (const { history, stats, ...record } of records) {
    if (record.config) change(config, record.config.update, record.config.remove);
    if (record.summary) change(summary, record.summary.update, record.summary.remove);
    if (history) nextStep = addRow(points, history, nextStep) + 1;
    if (stats) addStats(points, stats, head.startTime);
  }
  const params = [...config].filter(([key]) => key !== "_wandb" && !key.startsWith("_wandb."));
  return { points, params: Object.fromEntries(params.map(([key, value]) => [key, paramText(value)])), summary };
}

function parse(json: string): unknown {
  try {
    return parsePythonJson(json);
  } catch {
    return json;
  }
}

function setFlat(into: Map<string, unknown>, key: string, value: unknown): void {
  // What was an object there before is replaced whole.
  for (const name of into.keys()) if (name.startsWith(`${key}.`)) into.delete(name);
  if (value === null || typeof value !== "object" || Array.isArray(value)) into.set(key, value);
  else for (const [name, leaf] of flatten({ [key]: value }, ".")) into.set(name, leaf);
}

/** A row's numbers, nested ones too; "_step" and "_timestamp" place it. Gives its step. */
function addRow(points: PointGatherer, { items, step }: NonNullable<WandbRecord["history"]>, next: number): number {
  const row = new Map<string, unknown>();
  for (const { key, json } of items) setFlat(row, key.join("."), parse(json));
  const at = row.get("_step");
  const place = typeof at === "number" ? at : (step ?? next);
  const time = row.get("_timestamp");
  for (const [key, value] of row) {
    if (/^_(?:step|timestamp|runtime|wandb\b)/.test(key) || isMedia(row, key)) continue;
    const number = typeof value === "boolean" ? Number(value) : value;
    if (typeof number === "number") points.add(key, place, typeof time === "number" ? time * 1_000 : 0, number);
  }
  return place;
}

/** Fields of a picture, table or histogram: an object with a "_type". */
function isMedia(row: ReadonlyMap<string, unknown>, key: string): boolean {
  const dot = key.lastIndexOf(".");
  return dot > 0 && row.has(`${key.slice(0, dot)}._type`);
}

/** Steps of the machine's metrics are seconds since the start. */
function addStats(points: PointGatherer, { items, time }: NonNullable<WandbRecord["stats"]>, start: number): void {
  for (const { key, json } of items) {
    const value = parse(json);
    if (typeof value === "number")
      points.add(`system/${key.join(".")}`, Math.round((time - start) / 1_000), time, value);
  }
}

/** Results that were set and not logged are tags: they belong to no step. */
function tagsOf(run: WandbRun, summary: ReadonlyMap<string, unknown>): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const tag of run.tags) tags[tag] = "";
  for (const key of ["group", "jobType", "sweep"] as const) if (run[key] !== "") tags[`wandb.${key}`] = run[key];
  for (const [key, value] of summary) {
    if (!key.startsWith("_") && !key.includes("._type") && isShort(value))
      tags[`wandb.summary.${key}`] = paramText(value);
  }
  return tags;
}

const isShort = (value: unknown) =>
  typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= 250);

async function environmentOf(folder: string, { os, python, executable }: WandbEnvironment): Promise<Environment> {
  const text = await readFile(path.join(folder, "files", "requirements.txt"), "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => /^([\w.-]+)==(\S+)/.exec(line.trim()));
  const packages = Object.fromEntries(lines.flatMap((match) => (match ? [[match[1]!, match[2]!]] : [])));
  const [implementation, version] = python.includes(" ") ? python.split(" ") : ["CPython", python];
  return {
    ...{
      python: version || null,
      executable: executable || null,
      implementation: implementation ?? null,
      platform: os,
    },
    ...{ cpu: "", cores: 0, memory: 0, gpus: [], packages, imported: [], variables: {} },
  };
}

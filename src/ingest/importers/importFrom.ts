/** Brings the runs of another tracker into the store: what is new, and what went on there since it was brought last. */

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { formatSize } from "../../domain/format";
import type { Artifact, CodeVersion, Gap, Run } from "../../domain/run";
import { maskArguments, maskValue } from "../../domain/secrets";
import type { BroughtRun, Store } from "../../store/contract";
import { hashFile, putBytes, putFile } from "../../store/objects";
import type { ForeignFile, ForeignRun, FoundRun, ImportContext, ImportPlace } from "./contract";
import { importers } from "./importers";
import { shownAddress } from "./mlflowClient";

export interface ImportOptions {
  /** Into this one, instead of what the tracker says. */
  experiment?: string | undefined;
  /** Contents of artifacts that are larger (bytes) stay where they are, and only their hashes are taken. Default 256 MiB. */
  keepUpTo?: number;
  /** Only tells what would be done. */
  dryRun?: boolean;
  /** Runs done, of so many. */
  onProgress?: (done: number, total: number) => void;
}

export interface ImportedRunReport {
  id: string;
  originalId: string;
  name: string;
  experiment: string;
  /** `failed`: it could not be read, `problem` says why. In a dry run, what would become of it. */
  outcome: BroughtRun | "failed";
  problem?: string;
}

export interface ImportFromReport {
  kind: ImportPlace["kind"];
  location: string;
  runs: ImportedRunReport[];
}

/** The tag that says where a run is from. */
export const FROM_TAG = "imported.from";
export const originOf = ({ kind, location }: ImportPlace) => `${kind} ${shownAddress(location)}`;

/** Another way of reading needs another number: then all runs are read again. */
const VERSION = 1;
const KEEP_UP_TO = 256 << 20;

/**
 * Each run is taken in with one transaction: what is interrupted goes on where it was when it is done again. A run that cannot
 * be read is told of and passed over. Throws UserError when the place cannot be read at all.
 */
export async function importFrom(
  store: Store,
  place: ImportPlace,
  context: Omit<ImportContext, "temporary">,
  options: ImportOptions = {},
): Promise<ImportFromReport> {
  const parent = path.join(context.storeFolder, "tmp");
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(path.join(parent, "import-"));
  try {
    return await importRuns(store, place, { ...context, temporary }, options);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function importRuns(
  store: Store,
  place: ImportPlace,
  context: ImportContext,
  options: ImportOptions,
): Promise<ImportFromReport> {
  const found = await importers[place.kind].find(place, context);
  const report: ImportFromReport = { kind: place.kind, location: shownAddress(place.location), runs: [] };
  for (const [index, run] of found.entries()) {
    context.signal?.throwIfAborted();
    options.onProgress?.(index, found.length);
    const { id, originalId, name } = run;
    const experiment = options.experiment ?? run.experiment;
    const told: ImportedRunReport = { id, originalId, name, experiment, outcome: "imported" };
    report.runs.push(told);
    try {
      told.outcome = options.dryRun
        ? predict(store, run)
        : await bring(store, place, { ...run, experiment }, context, options);
    } catch (error) {
      if (context.signal?.aborted) throw error;
      told.outcome = "failed";
      told.problem = (error as Error).message;
    }
  }
  options.onProgress?.(found.length, found.length);
  return report;
}

const stateOf = (state: string) => `${VERSION}:${state}`;

function predict(store: Store, run: FoundRun): BroughtRun {
  const known = knownAs(store, run);
  if (known) return known;
  const before = store.broughtState(run.id);
  if (before === null) return "imported";
  return run.state !== null && before === stateOf(run.state) ? "present" : "updated";
}

/** What needs no reading: the run is ours, or was deleted here. */
function knownAs(store: Store, { id, isSent = false }: FoundRun): "recorded" | "deleted" | null {
  if (store.unknownRuns([id]).length > 0) return null;
  if (store.getSummaries([id]).length === 0) return "deleted";
  const tags = store.getSummaries([id])[0]?.tags ?? {};
  if (isSent && !tags[FROM_TAG]?.startsWith("mlflow-server")) return "recorded";
  return store.broughtState(id) === null ? "recorded" : null;
}

async function bring(
  store: Store,
  place: ImportPlace,
  found: FoundRun,
  context: ImportContext,
  { keepUpTo = KEEP_UP_TO }: ImportOptions,
): Promise<BroughtRun> {
  const known = knownAs(store, found);
  if (known) return known;
  if (found.state !== null && store.broughtState(found.id) === stateOf(found.state)) return "present";
  const foreign = await found.read();
  // Whoever frees space meanwhile must leave the contents that no run names yet.
  const release = store.holdObjects();
  try {
    const gaps: Gap[] = [...foreign.gaps];
    const artifacts: Artifact[] = [];
    for (const file of foreign.artifacts) {
      context.signal?.throwIfAborted();
      const kept = await keep(context, file, keepUpTo, gaps);
      if (kept) artifacts.push(kept);
    }
    const config: Run["snapshot"]["config"] = [];
    for (const { path: name, bytes } of foreign.config) {
      config.push({ path: name, sha256: (await putBytes(context.storeFolder, bytes)).sha256 });
    }
    const run = toRun(place, found, foreign, { gaps, artifacts, config, root: store.root });
    if (foreign.log) {
      store.runFolder(found.id);
      await writeFile(store.logPath(found.id), foreign.log);
    }
    return store.bringRun({ run, series: foreign.series }, stateOf(found.state ?? contentState(run, foreign)));
  } finally {
    release();
  }
}

/** Undefined when there is nothing of the file to be had; a gap says so. */
async function keep(
  context: ImportContext,
  file: ForeignFile,
  keepUpTo: number,
  gaps: Gap[],
): Promise<Artifact | undefined> {
  const { storeFolder } = context;
  try {
    if ("file" in file) {
      const { size } = await stat(file.file);
      if (size <= keepUpTo) return { path: file.path, ...(await putFile(storeFolder, file.file)) };
      gaps.push(tooBig(file.path, size, keepUpTo, file.file));
      return { path: file.path, ...(await hashFile(file.file)) };
    }
    if (file.size !== null && file.size > keepUpTo) {
      gaps.push({ ...tooBig(file.path, file.size, keepUpTo, "the server"), kind: "missing" });
      return undefined;
    }
    const temporary = path.join(context.temporary, "download");
    try {
      await file.download(temporary);
      return { path: file.path, ...(await putFile(storeFolder, temporary)) };
    } finally {
      await rm(temporary, { force: true });
    }
  } catch (error) {
    if (context.signal?.aborted || (error as Error).name === "UserError") throw error;
    gaps.push({
      kind: "unreadable",
      path: file.path,
      message: `${file.path} could not be read: ${(error as Error).message}`,
    });
    return undefined;
  }
}

function tooBig(name: string, size: number, limit: number, where: string): Gap {
  const message = `${name} (${formatSize(size)}) is larger than ${formatSize(limit)}: its content stays at ${where}.`;
  return { kind: "hash-only", path: name, message };
}

const NO_CODE: CodeVersion = {
  commit: null,
  tree: null,
  head: null,
  branch: null,
  dirty: null,
  gitDir: null,
  root: null,
};

type Parts = { gaps: Gap[]; artifacts: Artifact[]; config: Run["snapshot"]["config"]; root: string };

function toRun(
  place: ImportPlace,
  found: FoundRun,
  foreign: ForeignRun,
  { gaps, artifacts, config, root }: Parts,
): Run {
  const { status, startTime, note, script, parent, environment } = foreign;
  const isRunning = status === "running";
  const { title } = importers[place.kind];
  return {
    id: found.id,
    name: found.name,
    experiment: found.experiment,
    // Nobody here sees its end.
    status: isRunning ? "lost" : status,
    exitCode: foreign.exitCode,
    signal: null,
    startTime,
    endTime: foreign.endTime ?? latest(foreign) ?? startTime,
    command: maskArguments(foreign.command),
    cwd: foreign.cwd ?? root,
    script,
    params: masked(foreign.params),
    metrics: {},
    tags: {
      ...masked(foreign.tags),
      [FROM_TAG]: originOf(place),
      "imported.id": found.originalId,
    },
    note,
    parent,
    pinned: false,
    inputs: null,
    repeatOf: null,
    repeats: 1,
    gaps,
    warnings: isRunning
      ? [`It was still running in the ${title} when it was imported. Import again later to bring it up to date.`]
      : [],
    logSize: foreign.log?.length ?? 0,
    revision: 0,
    snapshot: { code: { ...NO_CODE, ...foreign.code }, data: [], config, environment, datasets: [] },
    artifacts,
  };
}

function masked(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, maskValue(name, value)]));
}

/** The time of the last point. */
function latest({ series }: ForeignRun): number | null {
  let last: number | null = null;
  for (const { times } of series) for (const time of times) last = Math.max(last ?? time, time);
  return last;
}

/** For trackers that do not tell whether a run has changed: all that was read of it. */
function contentState(run: Run, { series }: ForeignRun): string {
  const hash = createHash("sha256").update(JSON.stringify(run));
  for (const { key, steps, times, values } of series) {
    hash.update(JSON.stringify(key));
    for (const { buffer, byteOffset, byteLength } of [steps, times, values]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest("hex");
}

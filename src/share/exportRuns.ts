/** Writes runs with all that belongs to them into one file, which another machine can import. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { version as modeltrail } from "../../package.json";
import { UserError } from "../domain/errors";
import { toJson } from "../domain/json";
import type { Run, RunSummary } from "../domain/run";
import { GitError } from "../snapshot/git";
import type { DatasetKind, Store } from "../store/contract";
import {
  type CodePack,
  FORMAT,
  FORMAT_VERSION,
  logMember,
  MANIFEST,
  type Manifest,
  metricsMember,
  packMember,
  runMember,
} from "./archive/format";
import { packSeries } from "./archive/series";
import { createArchive } from "./archive/writer";
import { describeRun, type EndedRun, leftOut } from "./describeRun";
import { type CodeCollection, collectCode, packCommits } from "./exportCode";
import { addObjects, type KeptContent, listContents } from "./exportObjects";
import { lfsContents } from "./lfsContents";
import { LEVEL, type MemberWriter, makeMemberWriter } from "./memberWriter";

export interface ExportOptions {
  /** Leave out what runs read and wrote: contents of data, config files and artifacts. */
  withoutData?: boolean;
  /** Leave out what runs printed. */
  withoutLog?: boolean;
  /** Replace a file that is there. */
  replace?: boolean;
  signal?: AbortSignal;
  /** Bytes taken in so far, of about so many. */
  onProgress?: (done: number, total: number) => void;
}

export interface ExportReport {
  file: string;
  /** Bytes of the archive. */
  size: number;
  /** The runs asked for and their child runs. */
  runs: { id: string; name: string }[];
  /** Contents of files that are in it. */
  objects: number;
  /** What could not be put in although it should be there, in sentences. */
  missing: string[];
}

/**
 * Exports the runs and their child runs. Throws UserError when one is running, or when the file cannot be written; then, and
 * when `signal` fires, there is no file. What of a run cannot be had is left out, and said.
 */
export async function exportRuns(
  store: Store,
  ids: readonly string[],
  file: string,
  options: ExportOptions = {},
): Promise<ExportReport> {
  const { signal, onProgress } = options;
  const target = path.resolve(file);
  if (existsSync(target) && !options.replace) {
    throw new UserError(`${target} exists already. Choose another name, or replace it with --force.`);
  }
  const runs = withChildren(store, ids);
  const collection = collectCode(signal);
  for (const id of runs.keys()) await collection.add(store.getRunHead(id)!.snapshot.code);
  const contents = await listContents(store, runs.keys(), !options.withoutData);
  if (!options.withoutData) await addLfsContents(contents, collection, store.folder, signal);
  const logs = options.withoutLog ? 0 : sum([...runs.values()].map((run) => run.logSize));
  const total = logs + sum([...contents.values()].map(({ size }) => size));
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.(done, Math.max(total, done));
  };
  const archive = await createArchive(target);
  try {
    const writer = makeMemberWriter(archive, { signal, onBytes });
    const missing: string[] = [];
    const kinds = new Map(store.listDatasets().map(({ name, kind }) => [name, kind]));
    for (const id of runs.keys()) missing.push(...(await addRun(store, id, { collection, kinds, writer }, options)));
    const code = await addCode(collection, writer, signal);
    const { damaged, gone } = await addObjects(contents, writer);
    missing.push(...damaged.map((name) => `${name} is damaged in the store: \`modeltrail doctor\` says what to do.`));
    missing.push(...gone.map((sha256) => `objects/${sha256} was removed from the store meanwhile.`));
    const manifest: Manifest = {
      format: FORMAT,
      version: FORMAT_VERSION,
      modeltrail,
      created: Date.now(),
      runs: [...runs.values()].map(({ id, name }) => ({ id, name })),
      code,
      members: writer.members,
      damaged,
    };
    await archive.add(MANIFEST, [Buffer.from(toJson(manifest))], { level: LEVEL.most, signal });
    const size = await archive.finish();
    const kept = contents.size - damaged.length - gone.length;
    return { file: target, size, runs: manifest.runs, objects: kept, missing };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(`The code could not be put into ${target}: ${error.message}. Nothing was exported.`, {
      cause: error,
    });
  } finally {
    await archive.discard();
  }
}

const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);

async function addLfsContents(
  contents: Map<string, KeptContent>,
  collection: CodeCollection,
  storeFolder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const source of collection.sources) {
    for (const [sha256, file] of await lfsContents(source, storeFolder, signal)) {
      contents.set(sha256, { file, size: statSync(file).size });
    }
  }
}

/** Each run once, children behind their parents. Throws UserError when one is not there or is running. */
function withChildren(store: Store, ids: readonly string[]): Map<string, RunSummary> {
  const found = new Map<string, RunSummary>();
  const queue = [...ids];
  for (const id of queue) {
    if (found.has(id)) continue;
    const [run] = store.getSummaries([id]);
    if (!run) throw new UserError(`There is no run ${id}.`);
    if (run.status === "running") {
      throw new UserError(
        `${run.name} is still running. Export it when it has ended, or stop it: modeltrail stop ${id}`,
      );
    }
    found.set(id, run);
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = store.listRuns({ parent: id, cursor: cursor ?? undefined, limit: 1_000 });
      queue.push(...page.runs.map((child) => child.id));
      cursor = page.next;
    }
  }
  if (found.size === 0) throw new UserError("There are no runs to export.");
  return found;
}

/** What is collected for all runs together. */
interface Parts {
  collection: CodeCollection;
  kinds: ReadonlyMap<string, DatasetKind>;
  writer: MemberWriter;
}

/** Adds what is of this run alone. Gives what could not be had, in sentences. */
async function addRun(
  store: Store,
  id: string,
  { collection, kinds, writer }: Parts,
  { withoutData, withoutLog }: ExportOptions,
): Promise<string[]> {
  const run = store.getRun(id) as EndedRun;
  const { missing, ...code } = await collection.add(run.snapshot.code);
  const archived = describeRun(store, run, code, kinds);
  archived.leftOut.push(...missing.map(leftOut));
  const said = missing.map(({ message }) => `${run.name}: ${message}`);
  if (withoutData && namesFiles(run)) {
    const message = "the contents of its data, config files and artifacts (it was exported without data).";
    archived.leftOut.push(leftOut({ kind: "missing", message }));
  }
  const log = withoutLog ? null : await writer.addFile(logMember(id), store.logPath(id));
  if (!log && run.logSize > 0) {
    const reason = withoutLog ? "it was exported without log" : "the file was gone";
    archived.leftOut.push(leftOut({ kind: "missing", message: `what it printed (${reason}).` }));
    if (!withoutLog) said.push(`${run.name}: what it printed, because ${store.logPath(id)} is gone.`);
  }
  archived.run.logSize = log?.size ?? 0;
  if (archived.series.length > 0) {
    await writer.add(metricsMember(id), packSeries(store, id, archived.series), LEVEL.usual);
  }
  await writer.add(runMember(id), [Buffer.from(toJson(archived))], LEVEL.most);
  return said;
}

const namesFiles = ({ snapshot, artifacts }: Run) =>
  snapshot.data.length + snapshot.config.length + artifacts.length > 0;

async function addCode(collection: CodeCollection, writer: MemberWriter, signal?: AbortSignal): Promise<CodePack[]> {
  const packs: CodePack[] = [];
  for (const source of collection.sources) {
    // Git has its own compression.
    const { name } = await writer.add(packMember(packs.length), packCommits(source, signal), LEVEL.none);
    packs.push({ member: name, format: source.format, commits: [...source.commits] });
  }
  return packs;
}

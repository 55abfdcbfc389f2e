/** Brings the runs of an archive into a store. */
import { existsSync } from "node:fs";
import { rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../domain/errors";
import { formatSize } from "../domain/format";
import { GitError } from "../snapshot/git";
import type { Store } from "../store/contract";
import { hasObject, publish } from "../store/objects";
import {
  type ArchivedCode,
  ArchivedRun,
  logMember,
  type Manifest,
  type Member,
  metricsMember,
  objectMember,
  runMember,
} from "./archive/format";
import { type ArchiveReader, damaged, openArchive } from "./archive/reader";
import { seriesSize, unpackSeries } from "./archive/series";
import { leftOut, toRun } from "./describeRun";
import { importCode, type PlacedCode } from "./importCode";
import { differencesOf } from "./knownRun";
import { makeStageFolder, type StageFolder } from "./stageFolder";

export interface ImportOptions {
  signal?: AbortSignal;
  /** Bytes unpacked so far, of so many. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * What became of a run: `imported`; `present`: it was here already, the same; `differs`: it was here with something else, and
 * stays as it is; `deleted`: it was here and is deleted, and stays so.
 */
export type ImportOutcome = "imported" | "present" | "differs" | "deleted";

export interface ImportReport {
  file: string;
  runs: { id: string; name: string; outcome: ImportOutcome; differs: string[] }[];
  /** Contents of files that were not in the store before. */
  objects: number;
}

/** What is in an archive, without its files having been read. */
export interface ArchiveSummary {
  runs: Manifest["runs"];
  /** Bytes, unpacked. */
  size: number;
  /** Ms since the epoch. */
  created: number;
}

/** Throws UserError when `file` is no archive of runs, is damaged, or was made by a newer Modeltrail. */
export async function describeArchive(file: string): Promise<ArchiveSummary> {
  const archive = await openArchive(path.resolve(file));
  archive.close();
  const { runs, created, members } = archive.manifest;
  return { runs, created, size: members.reduce((sum, { size }) => sum + size, 0) };
}

/**
 * Imports the runs that are not in the store yet. Everything that belongs to them is unpacked and verified first; their rows
 * come last, each run in one transaction, so that there is never half a run. Throws UserError when something in the archive is
 * not what it should be; then no run was added.
 */
export async function importRuns(store: Store, file: string, options: ImportOptions = {}): Promise<ImportReport> {
  const archive = await openArchive(path.resolve(file));
  let stage: StageFolder | undefined;
  let release: (() => void) | undefined;
  try {
    // From here on, objects that are found are counted on.
    release = store.holdObjects();
    const report = await plan(store, archive);
    const fresh = report.runs.filter(({ outcome }) => outcome === "imported");
    const objects = missingObjects(store.folder, archive);
    const own = fresh.flatMap(({ id }) => ownMembers(archive, id));
    const packs =
      fresh.length > 0 ? archive.manifest.code.flatMap(({ member }) => archive.members.get(member) ?? []) : [];
    const total = [...objects, ...own, ...packs].reduce((sum, { size }) => sum + size, 0);
    await assertSpace(store.folder, total, archive.file);
    stage = await makeStageFolder(store.folder);
    const { folder } = stage;
    const unpacking = { signal: options.signal, onBytes: counter(total, options.onProgress) };

    report.objects = await importObjects(store.folder, archive, objects, folder, unpacking);
    for (const { name } of own) await archive.extract(name, staged(folder, name), unpacking);
    const codes = new Map<string, ArchivedCode>();
    for (const { id } of fresh) codes.set(id, (await readRun(archive, id)).snapshot.code);
    const placed = await importCode(archive, store, codes, folder, unpacking);
    for (const run of fresh) {
      options.signal?.throwIfAborted();
      if (!(await addRun(store, archive, run.id, folder, placed.get(run.id)!))) run.outcome = "present";
    }
    return report;
  } catch (error) {
    throw explain(error, archive.file, store.folder);
  } finally {
    archive.close();
    await stage?.remove();
    release?.();
  }
}

function counter(total: number, onProgress: ImportOptions["onProgress"]): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    done += bytes;
    onProgress?.(done, total);
  };
}

/** Reads what the archive says of each run, and compares it with what is here. */
async function plan(store: Store, archive: ArchiveReader): Promise<ImportReport> {
  const report: ImportReport = { file: archive.file, runs: [], objects: 0 };
  for (const { id, name } of archive.manifest.runs) {
    const archived = await readRun(archive, id);
    const known = store.getRun(id);
    let outcome: ImportOutcome = "imported";
    let differs: string[] = [];
    if (known) {
      differs = await differencesOf(store, known, archived, archive.members);
      outcome = isDeleted(store, id) ? "deleted" : differs.length > 0 ? "differs" : "present";
    }
    report.runs.push({ id, name, outcome, differs });
  }
  return report;
}

function isDeleted(store: Store, id: string): boolean {
  try {
    return store.resolveRun(id, { deleted: true }) === id;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** What the archive says of the run. Throws UserError when its other members are not what it needs. */
async function readRun(archive: ArchiveReader, id: string): Promise<ArchivedRun> {
  const archived = await archive.json(runMember(id), ArchivedRun);
  const size = (name: string) => archive.members.get(name)?.size ?? 0;
  if (archived.run.id !== id) throw damaged(archive.file, `${runMember(id)} is of another run`);
  if (size(metricsMember(id)) !== seriesSize(archived.series)) {
    throw damaged(archive.file, `${metricsMember(id)} has not as many points as the run`);
  }
  if (size(logMember(id)) !== archived.run.logSize)
    throw damaged(archive.file, `${logMember(id)} is not as long as the log was`);
  return archived;
}

const ownMembers = (archive: ArchiveReader, id: string): Member[] =>
  [metricsMember(id), logMember(id)].flatMap((name) => archive.members.get(name) ?? []);

const staged = (folder: string, name: string) => path.join(folder, name.replaceAll("/", "-"));

function missingObjects(folder: string, archive: ArchiveReader): Member[] {
  const objects = [...archive.members.values()].filter(({ name }) => name.startsWith("objects/"));
  const wrong = objects.find(({ name, sha256 }) => name !== objectMember(sha256));
  if (wrong) throw damaged(archive.file, `${wrong.name} has another content than its name says`);
  return objects.filter(({ sha256 }) => !hasObject(folder, sha256));
}

async function assertSpace(folder: string, bytes: number, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes <= free) return;
  throw new UserError(
    `${file} unpacks to ${formatSize(bytes)}, and there are ${formatSize(free)} free where ${folder} is. Free some space, then import it again.`,
  );
}

/** Gives the number of those that are new. */
async function importObjects(
  store: string,
  archive: ArchiveReader,
  objects: readonly Member[],
  folder: string,
  options: { signal: AbortSignal | undefined; onBytes(bytes: number): void },
): Promise<number> {
  for (const { name, sha256 } of objects) {
    const temporary = staged(folder, name);
    await archive.extract(name, temporary, options);
    publish(store, temporary, sha256);
    await rm(temporary, { force: true });
  }
  return objects.length;
}

/** False when somebody else has imported the run meanwhile. */
async function addRun(
  store: Store,
  archive: ArchiveReader,
  id: string,
  folder: string,
  placed: PlacedCode,
): Promise<boolean> {
  const archived = await readRun(archive, id);
  archived.leftOut.push(...damagedFiles(archived, archive.manifest), ...placed.gaps);
  const log = staged(folder, logMember(id));
  // The row comes last: a log without one is of no run, and replaced when the import is done again.
  if (existsSync(log)) await rename(log, store.logPath(id));
  return store.importRun({
    run: toRun(archived, store.root, placed),
    datasetKinds: archived.datasetKinds,
    cells: archived.cells,
    series: archived.series.length > 0 ? unpackSeries(staged(folder, metricsMember(id)), archived.series) : [],
  });
}

function damagedFiles({ run, snapshot }: ArchivedRun, { damaged: names }: Manifest) {
  if (names.length === 0) return [];
  const members = new Set(names);
  return [...snapshot.data, ...snapshot.config, ...run.artifacts]
    .filter(({ sha256 }) => sha256 !== null && members.has(objectMember(sha256)))
    .map(({ path: file }) =>
      leftOut({
        kind: "missing",
        path: file,
        message: `the content of ${file}, which was damaged in the store it came from.`,
      }),
    );
}

function explain(error: unknown, file: string, folder: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isGit = error instanceof GitError;
  if (isGit ? /No space left|Disk quota/.test(error.stderr) : syscall && (code === "ENOSPC" || code === "EDQUOT")) {
    const message = `The disk is full: ${file} could not be unpacked into ${folder}. Free some space, then import it again.`;
    return new UserError(message, { cause: error });
  }
  if (!isGit) return error;
  const why =
    error.startError === "ENOENT"
      ? "git is not installed or not on PATH. Install it, then import again"
      : `${error.message}. No run was added`;
  return new UserError(`The code in ${file} could not be taken in: ${why}.`, { cause: error });
}

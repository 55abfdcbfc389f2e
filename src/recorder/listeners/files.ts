/** The files of a run: what it read becomes data or config, what it wrote becomes artifacts, each by its content. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, sep } from "node:path";
import type { Gap } from "../../domain/run";
import type { SpoolRecord } from "../../ingest/spool";
import type { SpoolEventOf } from "../../ingest/spoolEvent";
import { displayPath, fsPath } from "../../ingest/spoolPath";
import type { CodePlace } from "../../snapshot/codeReader";
import { configParams, isConfigFile } from "../../snapshot/config";
import type { DataHasher, DataRequest, HashedFile } from "../../snapshot/data";
import { projectPath } from "../../snapshot/projectPath";
import { checkSources, type UsedSource } from "../../snapshot/sources";
import type { IngestBatch } from "../../store/contract";
import { addToBatch } from "../batch";
import type { Listener } from "../listener";
import { findChangedFiles } from "./changedFiles";
import type { DatasetUses } from "./datasets";
import * as gap from "./fileGaps";
import { createPathRules, looksSecret } from "./pathRules";

export interface FilesOptions {
  root: string;
  cwd: string;
  storeFolder: string;
  /** Of the code, when that is a copy. */
  codeRoot?: string | undefined;
  hasher: DataHasher;
  /** Is told of the files, and says which others belong to them. */
  datasets: DatasetUses;
  /** Where the code snapshot is; null when there is none. */
  code(): CodePlace | null;
  /** Ms since the epoch: when the code was taken. Source files that are newer were changed meanwhile. */
  startTime: number;
  /** Ms since the epoch by the clock of the project's disk: files that changed since then may be the run's. */
  changedSince(): number;
  /** After a crash: files that were stored as read before, by name. What they contain by now does not count. */
  knownReads?: ReadonlyMap<string, KnownRead>;
  /** After a crash: when the run ended, as far as is known. What was changed later is not what it wrote. */
  endTime?: number;
  /** Whether files may have been read or written unseen by the tracer. */
  mayMiss(): boolean;
  /** Whether an argument of the run has this name. */
  isArgument(name: string): boolean;
  /** Whether another run went on at the same time, which may have changed files too. */
  hadCompany(): boolean;
  /** Tells of a written file. */
  onWritten(path: string): void;
}

/** What a file was when it was read. `size` in bytes; null for config files, of which it is not stored. */
export interface KnownRead {
  sha256: string | null;
  size: number | null;
}

/** What only those know who heard the run: the store does not keep it. */
export interface FileFacts {
  /** Absolute paths of the source files that the run used. */
  used: string[];
  /** Files that the run read and that must not be hashed, by name, with what stands for their content. */
  unhashed: ReadonlyMap<string, string>;
  /** Whether it read so many files that some are only known by their dataset's version. */
  counted: boolean;
  /** Whether all that it is known to have read can be told. */
  complete: boolean;
}

export interface FilesListener extends Listener {
  readonly facts: FileFacts;
}

interface FileRequest extends DataRequest {
  /** Whether it is data of the run by itself; else it belongs to a dataset's version alone. */
  listed: boolean;
}

/** Disks keep times coarsely. */
const TICK_MS = 2_000;
/** What people edit while something runs. */
const EDITED = new Set(
  ".py .pyi .ipynb .md .rst .txt .r .jl .js .ts .c .cc .cpp .h .hpp .rs .go .java .sh .toml .cfg .ini .yaml .yml .html .css".split(
    " ",
  ),
);

export function createFilesListener(options: FilesOptions): FilesListener {
  const { root, hasher, datasets, knownReads, endTime = Number.POSITIVE_INFINITY } = options;
  const rules = createPathRules(root, options.storeFolder, { codeRoot: options.codeRoot });
  const read = new Set<string>();
  const written = new Set<string>();
  /** All that the run wrote, results or not. */
  const made = new Set<string>();
  const sources: UsedSource[] = [];
  let waiting: FileRequest[] = [];
  let hashing: Promise<void> | null = null;
  let ready: IngestBatch = {};
  const unhashed = new Map<string, string>();
  let counted = false;
  let complete = true;
  const nameOf = (path: string) => projectPath(root, displayPath(path));

  function say(...gaps: Gap[]): void {
    addToBatch(ready, { gaps });
  }

  function fail(reason: Gap): void {
    complete = false;
    say(reason);
  }

  /** What else belongs to the datasets that the run uses. */
  function takeWanted(): void {
    for (const { path, listed } of datasets.wanted()) {
      if (!read.has(path) && !isKnown(path)) waiting.push({ path, listed });
      if (listed) read.add(path);
    }
    say(...datasets.gaps());
  }

  /** Whether the run's record has the file already, from before a crash. */
  function isKnown(path: string): boolean {
    const name = nameOf(path);
    const known = knownReads?.get(name);
    if (!known) return false;
    if (known.size === null) waiting.push({ path, listed: false });
    else datasets.hashed({ path, name, sha256: known.sha256, size: known.size, kept: false });
    return true;
  }

  function hearRead({ path, size, mtimeNs }: SpoolEventOf<"open">): void {
    // An intermediate: what the run made itself is no input of it.
    if (read.has(path) || written.has(path) || !rules.isData(path)) return;
    read.add(path);
    if (looksSecret(path)) {
      unhashed.set(nameOf(path), `${size} bytes of ${mtimeNs}`);
      say(gap.secretFile(nameOf(path)));
    } else if (typeof fsPath(path) !== "string") {
      complete = false;
      say(gap.oddName(nameOf(path)));
    } else {
      datasets.read(path);
      if (!isKnown(path)) waiting.push({ path, listed: true, seen: { size: BigInt(size), mtimeNs: BigInt(mtimeNs) } });
    }
  }

  function hearWritten(path: string): void {
    made.add(path);
    if (written.has(path) || !rules.isResult(path)) return;
    written.add(path);
    datasets.written(path);
    options.onWritten(path);
  }

  /** Of a file or of a folder: what was written there is now here. */
  function hearRename(from: string, to: string): void {
    const moved = [...written].filter((path) => path === from || path.startsWith(from + sep));
    for (const path of moved) {
      written.delete(path);
      hearWritten(to + path.slice(from.length));
    }
    if (moved.length === 0) hearWritten(to);
  }

  function hearFolder({ path, mode }: SpoolEventOf<"dir">): void {
    if (!rules.isData(path)) return;
    if (mode !== "w") {
      counted = true;
      datasets.readFolder(path);
    }
    say(gap.tooManyInFolder(nameOf(path), mode === "r" ? "read" : "written"));
  }

  function hearSource({ path, t }: SpoolEventOf<"module">): void {
    sources.push({ path, time: t });
    addToBatch(ready, { sources: [nameOf(path)] });
  }

  function hearOne(event: SpoolRecord): void {
    if (event.e === "module") hearSource(event);
    else if (event.e === "rename") hearRename(event.from, event.to);
    else if (event.e === "dir") hearFolder(event);
    else if (event.e === "open") {
      if (event.mode !== "w") hearRead(event);
      if (event.mode !== "r") hearWritten(event.path);
    }
  }

  async function hashWaiting(signal?: AbortSignal): Promise<void> {
    // What it made for itself and has thrown away again is no input that is missing.
    const requests = waiting.filter(({ path }) => !made.has(path) || existsSync(path));
    waiting = [];
    const { files, gaps } = await hasher.hash(requests, signal);
    say(...gaps);
    const listed = new Set(requests.flatMap((request) => (request.listed ? [request.path] : [])));
    for (const file of files) {
      if (!listed.has(file.path) && isChangedAfter(file.path, endTime)) {
        say(gap.changedLater(file.name));
        continue;
      }
      datasets.hashed(file);
      if (!listed.has(file.path)) continue;
      if (file.sha256 !== null && isConfig(file)) await takeConfig(file, file.sha256);
      else addToBatch(ready, { data: [{ path: file.name, sha256: file.sha256, size: file.size, role: "read" }] });
    }
  }

  async function takeConfig({ path, name }: HashedFile, sha256: string): Promise<void> {
    addToBatch(ready, { config: [{ path: name, sha256 }] });
    const params = await configParams(name, await readFile(path, "utf8").catch(() => ""));
    const own = Object.entries(params).filter(([key]) => !options.isArgument(key));
    addToBatch(ready, { params: Object.fromEntries(own) });
  }

  /** Source files that git ignores are not in the code snapshot, and so are kept as data. */
  async function checkCode(): Promise<void> {
    const { missing, gaps } = await checkSources(options.code(), options.startTime, sources);
    say(...gaps);
    waiting.push(...missing.map((path) => ({ path, listed: true })));
  }

  async function lookForChanges(): Promise<void> {
    const { cwd } = options;
    const since = options.changedSince();
    const { files, complete } = await findChangedFiles({ folder: cwd, since, isClosed: rules.isClosed });
    if (!complete) say(gap.notAllLookedAt(nameOf(cwd)));
    const candidates = files.filter((path) => !written.has(path) && rules.isResult(path));
    const edited = await codeFiles(options.code(), candidates.some(isEdited));
    const unseen = candidates.filter((path) => !(isEdited(path) && edited.has(path)));
    unseen.forEach(hearWritten);
    if (unseen.length > 0 && options.hadCompany()) say(gap.inCompany(unseen.length));
  }

  async function takeVersions(signal?: AbortSignal): Promise<void> {
    const versions = await datasets.versions(async (paths) => {
      const { files, gaps } = await hasher.hash(
        paths.map((path) => ({ path })),
        signal,
      );
      say(...gaps);
      return files.filter(({ path }) => !isChangedAfter(path, endTime));
    });
    say(...datasets.gaps());
    addToBatch(ready, { datasets: versions });
  }

  async function hashWritten(signal?: AbortSignal): Promise<void> {
    const present = [...written].filter((path) => typeof fsPath(path) === "string" && existsSync(path));
    const requests = present.filter((path) => !looksSecret(path)).map((path) => ({ path }));
    const { files, gaps } = await hasher.hash(requests, signal);
    say(...gaps);
    for (const { path, name, sha256, size, kept } of files) {
      if (isChangedAfter(path, endTime)) {
        say(gap.changedLater(name));
        continue;
      }
      addToBatch(ready, { data: [{ path: name, sha256, size, role: "write" }] });
      if (sha256 !== null && kept) addToBatch(ready, { artifacts: [{ path: name, sha256, size }] });
    }
  }

  async function finishAll(signal?: AbortSignal): Promise<void> {
    await hashing;
    await checkCode();
    const mayMiss = options.mayMiss();
    await datasets.settle(mayMiss);
    takeWanted();
    await hashWaiting(signal);
    if (mayMiss) await lookForChanges();
    await hashWritten(signal);
    await takeVersions(signal);
  }

  return {
    get facts() {
      return { used: sources.map(({ path }) => path), unhashed, counted, complete };
    },
    hear: (events) => events.forEach(hearOne),
    take() {
      takeWanted();
      if (waiting.length > 0 && !hashing) {
        hashing = hashWaiting()
          .catch((error) => fail(gap.failure(error)))
          .finally(() => {
            hashing = null;
          });
      }
      const batch = ready;
      ready = {};
      return batch;
    },
    async finish(signal) {
      try {
        await finishAll(signal);
      } catch (error) {
        fail(signal?.aborted ? gap.CUT_SHORT : gap.failure(error));
      }
    },
  };
}

/** Config of packages and caches outside the project, whose name is absolute, is data. */
function isConfig({ path, name, size }: HashedFile): boolean {
  return name !== path && isConfigFile(path, size);
}

function isEdited(path: string): boolean {
  return EDITED.has(extname(path).toLowerCase());
}

function isChangedAfter(path: string, time: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? 0) > time + TICK_MS;
}

/** Absolute paths of the files in the code snapshot. */
async function codeFiles(place: CodePlace | null, wanted: boolean): Promise<Set<string>> {
  if (!wanted || !place?.root) return new Set();
  const { listTree } = await import("../../snapshot/codeReader");
  const prefix = place.root + sep;
  return new Set((await listTree(place)).map(({ path }) => prefix + path.replaceAll("/", sep)));
}

/** The data of a run: what its files contain, by hash, and their bytes where they are not too big. */
import { formatSize } from "../domain/format";
import type { Gap, GapKind } from "../domain/run";
import type { FileStamp, Store } from "../store/contract";
import { hasObject, listObjects } from "../store/objects";
import { summariseGaps } from "./gaps";
import { createHashPool, type HashPoolOptions, type SizedTask } from "./hashPool";
import type { HashOutcome } from "./hashTask";
import { findKnown, type KnownFile } from "./knownFiles";
import { projectPath } from "./projectPath";
import { isRacy } from "./stamp";

export interface DataHasherOptions extends HashPoolOptions {
  store: Pick<Store, "root" | "folder" | "cachedHash" | "cacheHashes" | "cachedHashesBelow">;
  /** Bytes of files up to this size are kept; of larger ones the hash only. Default 50 MiB. */
  keepBytes?: number;
}

export interface DataRequest {
  /** Absolute. */
  path: string;
  /** What the file was when the run opened it for reading, as far as is known: another content now is a gap. */
  seen?: Partial<Pick<FileStamp, "size" | "mtimeNs">>;
}

export interface HashedFile {
  /** As asked for. */
  path: string;
  /** As runs name it. */
  name: string;
  /** Null when it could not be hashed; a gap says why. */
  sha256: string | null;
  /** Bytes. */
  size: number;
  /** Whether the bytes are in the store. */
  kept: boolean;
}

export interface HashResult {
  /** In the order asked for; what is no file (a folder, a pipe, a device) is left out. */
  files: HashedFile[];
  gaps: Gap[];
}

export interface DataHasher {
  /** Rejects with the signal's reason only; what cannot be hashed is a gap. */
  hash(requests: readonly DataRequest[], signal?: AbortSignal): Promise<HashResult>;
  /** Ends the threads. */
  close(): Promise<void>;
}

const DEFAULT_KEEP_BYTES = 50 * 2 ** 20;
const MANY = 200;

export function createDataHasher(options: DataHasherOptions): DataHasher {
  const { store, keepBytes = DEFAULT_KEEP_BYTES, ...poolOptions } = options;
  const pool = createHashPool(poolOptions);

  async function hash(requests: readonly DataRequest[], signal?: AbortSignal): Promise<HashResult> {
    const known = await findKnown(store, [...new Set(requests.map((request) => request.path))]);
    const isKept = keptTest(store.folder, known.length);
    const isKeepable = (stamp: FileStamp) => stamp.size <= keepBytes;
    const unread = known.filter(
      ({ stamp, sha256 }) => stamp && (sha256 === undefined || (isKeepable(stamp) && !isKept(sha256))),
    );
    const tasks = unread.map(({ path, stamp }): SizedTask => {
      return { path, size: Number(stamp!.size), keepIn: isKeepable(stamp!) ? store.folder : null };
    });
    const outcomes = await pool.hash(tasks, signal);
    remember(store, tasks, outcomes);

    const contents = new Map<string, Content>();
    for (const file of known) contents.set(file.path, contentOf(file, isKeepable));
    tasks.forEach(({ path }, index) => {
      contents.set(path, contentAfter(outcomes[index]!, contents.get(path)!, isKeepable));
    });
    return report(store.root, requests, contents, keepBytes);
  }

  return { hash, close: pool.close };
}

/** What is known of a file in the end. */
interface Content {
  sha256: string | null;
  stamp: FileStamp | null;
  kept: boolean;
  trouble?: Pick<Gap, "kind" | "message">;
}

/** Asking for each of many hashes costs more than listing them all. */
function keptTest(folder: string, count: number): (sha256: string) => boolean {
  if (count < MANY) return (sha256) => hasObject(folder, sha256);
  const objects = listObjects(folder);
  return (sha256) => objects.has(sha256);
}

function contentOf({ stamp, sha256 }: KnownFile, isKeepable: (stamp: FileStamp) => boolean): Content {
  if (stamp) return { sha256: sha256 ?? null, stamp, kept: isKeepable(stamp) };
  return {
    sha256: null,
    stamp: null,
    kept: false,
    trouble: { kind: "missing", message: "was gone before it could be hashed" },
  };
}

function contentAfter(outcome: HashOutcome, before: Content, isKeepable: (stamp: FileStamp) => boolean): Content {
  const failed = (kind: GapKind, message: string): Content => ({
    ...before,
    sha256: null,
    kept: false,
    trouble: { kind, message },
  });
  switch (outcome.state) {
    case "hashed": {
      const { sha256, stamp, notKept } = outcome;
      if (notKept === undefined) return { sha256, stamp, kept: isKeepable(before.stamp!) };
      const message = `could not be kept (${notKept}), so that only its hash is known`;
      return { sha256, stamp, kept: false, trouble: { kind: "hash-only", message } };
    }
    case "changing":
      return failed("changed-while-hashing", "was written to all the time, so that it could not be hashed");
    case "unreadable":
      return failed("unreadable", `could not be read (${outcome.reason})`);
    case "missing":
    case "not a file":
      return failed("missing", "was gone before it could be hashed");
  }
}

/** Keeps the hashes for the next run, but those of files whose next change might not show in their stamp. */
function remember(
  store: DataHasherOptions["store"],
  tasks: readonly SizedTask[],
  outcomes: readonly HashOutcome[],
): void {
  const entries = outcomes.flatMap((outcome, index) => {
    if (outcome.state !== "hashed") return [];
    const { stamp, sha256, readMs } = outcome;
    const changedNs = stamp.mtimeNs > stamp.ctimeNs ? stamp.mtimeNs : stamp.ctimeNs;
    return isRacy(Number(changedNs) / 1e6, readMs) ? [] : [{ path: tasks[index]!.path, stamp, sha256 }];
  });
  if (entries.length === 0) return;
  try {
    store.cacheHashes(entries);
  } catch {
    // The store is busy or its disk full: the files are read again next time.
  }
}

function report(
  root: string,
  requests: readonly DataRequest[],
  contents: ReadonlyMap<string, Content>,
  keepBytes: number,
): HashResult {
  const files: HashedFile[] = [];
  const gaps: Gap[] = [];
  const tooBig: HashedFile[] = [];
  for (const { path, seen } of requests) {
    const content = contents.get(path);
    if (!content) continue;
    const { sha256, stamp, kept, trouble } = content;
    const file = { path, name: projectPath(root, path), sha256, size: Number(stamp?.size ?? 0), kept };
    files.push(file);
    if (trouble) gaps.push({ kind: trouble.kind, path: file.name, message: `${file.name} ${trouble.message}.` });
    else if (!kept) tooBig.push(file);
    if (stamp && sha256 !== null && isOther(stamp, seen)) gaps.push(changedSince(file.name));
  }
  return { files, gaps: [...summariseGaps(gaps), ...hashOnly(tooBig, keepBytes)] };
}

function isOther(stamp: FileStamp, seen: DataRequest["seen"]): boolean {
  return (
    (seen?.size !== undefined && seen.size !== stamp.size) ||
    (seen?.mtimeNs !== undefined && seen.mtimeNs !== stamp.mtimeNs)
  );
}

function changedSince(name: string): Gap {
  const message = `${name} was changed after the run had opened it: its hash may not be that of what the run read.`;
  return { kind: "changed-while-hashing", path: name, message };
}

/** One gap for all files that are too big to keep: they are expected, and their hashes tell whether they are the same. */
function hashOnly(files: readonly HashedFile[], keepBytes: number): Gap[] {
  const [first] = files;
  if (!first) return [];
  const limit = formatSize(keepBytes);
  const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
  if (files.length === 1) {
    const message = `${first.name} (${size}) is larger than ${limit}: its hash is known, its bytes are not kept.`;
    return [{ kind: "hash-only", path: first.name, message }];
  }
  const message = `${files.length} files (${size} together, the first ${first.name}) are larger than ${limit}: their hashes are known, their bytes are not kept.`;
  return [{ kind: "hash-only", message }];
}

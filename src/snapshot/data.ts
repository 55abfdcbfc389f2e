/** The data of a run: what its files contain, by hash, and their bytes where they are not too big. */
import type { Gap } from "../domain/run";
import type { FileStamp, Store } from "../store/contract";
import { objectPath } from "../store/objects";
import { createDataReport } from "./dataReport";
import { createHashPool, type HashPoolOptions, type SizedTask } from "./hashPool";
import type { HashOutcome } from "./hashTask";
import { isRemembered, keptObjects } from "./keptObjects";
import { visitKnown } from "./knownFiles";
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

export const DEFAULT_KEEP_BYTES = 50 * 2 ** 20;
/** So many files are hashed, then noted: a caller that is killed loses no more, and memory stays small. */
const PORTION = 4096;

export function createDataHasher(options: DataHasherOptions): DataHasher {
  const { store, keepBytes = DEFAULT_KEEP_BYTES, ...poolOptions } = options;
  const pool = createHashPool(poolOptions);

  async function hash(requests: readonly DataRequest[], signal?: AbortSignal): Promise<HashResult> {
    const { report, unread } = (await look(requests, false)) ?? (await look(requests, true))!;
    for (let from = 0; from < unread.length; from += PORTION) {
      const some = unread.slice(from, from + PORTION);
      const outcomes = await pool.hash(some, signal);
      remember(store, some, outcomes);
      some.forEach(({ indexes, size, keepIn }, at) => {
        for (const index of indexes) report.addOutcome(index, outcomes[at]!, size, keepIn !== null);
      });
    }
    return report.result();
  }

  /** Reports what is known and gathers what must be read; null when what is known turns out not to be true of the store. */
  async function look(requests: readonly DataRequest[], strictly: boolean) {
    const report = createDataReport(store.root, requests, keepBytes);
    const objects = keptObjects(store.folder, requests.length, strictly);
    const unread = new Map<string, Unread>();
    const files = requests.map((request) => request.path);
    await visitKnown(store, files, (index, stats, sha256) => {
      if (!stats) return report.fail(index, 0, "missing", "was gone before it could be hashed");
      const { size } = stats;
      const keep = size <= keepBytes;
      if (sha256 !== undefined && (!keep || objects.has(sha256, size))) return report.add(index, stats, sha256, keep);
      const path = files[index]!;
      const same = unread.get(path);
      if (same) same.indexes.push(index);
      else unread.set(path, { indexes: [index], path, size, keepIn: keep ? store.folder : null });
    });
    return objects.isDoubtful ? null : { report, unread: [...unread.values()] };
  }

  return { hash, close: pool.close };
}

interface Unread extends SizedTask {
  /** The requests for it. */
  indexes: number[];
}

/** Keeps the hashes for the next run, but not those of files whose next change might not show in their stamp. */
function remember(
  store: DataHasherOptions["store"],
  tasks: readonly SizedTask[],
  outcomes: readonly HashOutcome[],
): void {
  const entries = outcomes.flatMap((outcome, index) => {
    if (outcome.state !== "hashed") return [];
    const { stamp, sha256, readMs, object, notKept } = outcome;
    const { path, size, keepIn } = tasks[index]!;
    const kept = object === undefined ? [] : [{ path: objectPath(store.folder, sha256), stamp: object, sha256 }];
    if (!isRemembered(size, keepIn !== null && notKept === undefined)) return kept;
    const changedNs = stamp.mtimeNs > stamp.ctimeNs ? stamp.mtimeNs : stamp.ctimeNs;
    return isRacy(Number(changedNs) / 1e6, readMs) ? kept : [...kept, { path, stamp, sha256 }];
  });
  if (entries.length === 0) return;
  try {
    store.cacheHashes(entries);
  } catch {
    // The store is busy or its disk full: the files are read again next time.
  }
}

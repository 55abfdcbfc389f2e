/** A worker thread that reads one table, as its owner sees it. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import { UserError } from "../../domain/errors";
import type { TableFormat } from "../../domain/tableComparison";
import type { HeadColumn } from "./headProfile";
import type { TableSource } from "./options";
import type { RowMatch } from "./rows/matchRows";
import { buffersOf, type RecordStore } from "./rows/recordStore";
import { tableFormatOf } from "./tableFormat";
import type { MatchPlan, ProfileRequest, TableProfile } from "./tableProfile";

export type TableTask =
  | { type: "head"; file: string; format: TableFormat }
  | { type: "profile"; request: ProfileRequest }
  | { type: "records" }
  | { type: "match"; after: RecordStore; isKeyed: boolean; prints: number };

export interface TableMessage {
  id: number;
  task: TableTask;
}

export type TableReply =
  | { id: number; type: "done"; value: unknown }
  | { id: number; type: "progress"; bytes: number }
  | { id: number; type: "error"; message: string; isUserError: boolean; code: string | null };

/** A table's profile; its rows are in the thread until they are asked for. */
export type ProfiledTable = Omit<TableProfile, "records" | "close"> & { hasRecords: boolean };

/** All reject with a UserError where the file is at fault. */
export interface TableThread {
  head(): Promise<HeadColumn[]>;
  profile(columns: number, match: MatchPlan | null, onProgress: (bytes: number) => void): Promise<ProfiledTable>;
  /** The rows, for `match` of another thread. This thread must not end before that has answered. */
  records(): Promise<RecordStore>;
  /** Matches the rows of this table, the earlier one, with those of another, which are handed over. */
  match(after: RecordStore, isKeyed: boolean, prints: number): Promise<RowMatch>;
  /** Ends the thread, whatever it is doing. */
  close(): Promise<void>;
}

/** What a table may need, in MiB: the largest column of a row group of Parquet is in memory as a whole. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 4 };

/** Throws a UserError when the format cannot be told. */
export function startTableThread(source: TableSource, workerFile = builtWorker()): TableThread {
  const { path: file } = source;
  const format = source.format ?? tableFormatOf(file);
  if (format === null) {
    throw new UserError(
      `${file} is no table that can be described. CSV (.csv), TSV (.tsv), JSON lines (.jsonl) and Parquet (.parquet) can.`,
    );
  }
  const worker = new Worker(workerFile, { resourceLimits: HEAP_LIMITS, stdout: true, stderr: true });
  const open = new Map<
    number,
    { resolve(value: unknown): void; reject(error: unknown): void; onProgress?: Progress }
  >();
  let last = 0;
  let ended: Error | null = null;

  function fail(error: Error): void {
    ended ??= error;
    for (const { reject } of open.values()) reject(ended);
    open.clear();
  }

  worker.on("message", (reply: TableReply) => {
    const asked = open.get(reply.id);
    if (!asked) return;
    if (reply.type === "progress") return asked.onProgress?.(reply.bytes);
    open.delete(reply.id);
    if (reply.type === "done") asked.resolve(reply.value);
    else asked.reject(describe(file, reply));
  });
  worker.on("error", (error: NodeJS.ErrnoException) => fail(describe(file, { ...error, message: error.message })));
  worker.on("exit", () => fail(new Error(`The thread that read ${file} ended.`)));

  function ask<T>(task: TableTask, onProgress?: Progress, transfer: ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = ++last;
      open.set(id, { resolve: resolve as (value: unknown) => void, reject, onProgress });
      worker.postMessage({ id, task } satisfies TableMessage, transfer);
    });
  }

  return {
    head: () => ask({ type: "head", file, format }),
    profile: (columns, match, onProgress) =>
      ask({ type: "profile", request: { file, format, columns, match } }, onProgress),
    records: () => ask({ type: "records" }),
    match: (after, isKeyed, prints) => ask({ type: "match", after, isKeyed, prints }, undefined, buffersOf(after)),
    close: async () => void (await worker.terminate()),
  };
}

type Progress = (bytes: number) => void;

function describe(
  file: string,
  { message, code, isUserError }: { message: string; code?: string | null; isUserError?: boolean },
): Error {
  if (isUserError) return new UserError(`${file}: ${message}`);
  if (code === "ENOENT") return new UserError(`${file} does not exist.`);
  if (code === "EACCES" || code === "EPERM") return new UserError(`${file} may not be read: allow it and try again.`);
  if (code === "EISDIR") return new UserError(`${file} is a folder.`);
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new UserError(`${file} needs more memory than is allowed: a part of it is too large to be read at once.`);
  }
  return new Error(`${file}: ${message}`);
}

/** The build puts it beside the bundle that this is part of. */
function builtWorker(): string {
  return path.join(import.meta.dirname, "table-worker.js");
}

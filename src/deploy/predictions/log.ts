/**
 * Writing the log of a deployment's predictions. What comes within one turn of the event loop is written in one transaction,
 * and only then told to be kept: it is in the system's hands then, and outlives this process.
 */
import type { PredictionLogSettings } from "../../domain/deploymentSettings";
import type { NewPrediction } from "../../domain/prediction";
import type { Database } from "../../store/database";
import { logFiles, openForWriting, sizeOf } from "./files";
import { removeOld, retentionOf } from "./retention";

/** After a write that failed, predictions are let go for so long before the disk is asked again. */
const PAUSE_MS = 500;
const TIDY_MS = 600_000;
/** What a row takes besides its texts, roughly. */
const ROW_BYTES = 250;

const INSERT = `INSERT INTO predictions
  (id, time, role, model, version, path, status, latency, inputs, outputs, key, of)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export interface LogCounts {
  kept: number;
  /** Not kept although they should have been. */
  lost: number;
  /** Why the last of these was lost; null when all has been kept since. */
  fault: string | null;
}

export interface PredictionLog {
  /** Resolves when it is in the log, or is known not to get there: false. */
  add(prediction: NewPrediction): Promise<boolean>;
  counts(): LogCounts;
  /** Of other settings from now on. */
  set(settings: PredictionLogSettings): void;
  /** Writes what is waiting. */
  close(): void;
}

interface Waiting {
  prediction: NewPrediction;
  done(kept: boolean): void;
}

/** Never throws: what cannot be written is counted. */
export function openPredictionLog(folder: string, settings: PredictionLogSettings): PredictionLog {
  const counts: LogCounts = { kept: 0, lost: 0, fault: null };
  let retention = retentionOf(settings);
  let current: { db: Database; start: number; bytes: number } | undefined;
  let waiting: Waiting[] = [];
  let pausedUntil = 0;
  const tidying = setInterval(tidy, TIDY_MS).unref();

  function write(): void {
    const batch = waiting;
    waiting = [];
    let kept = false;
    if (Date.now() >= pausedUntil) {
      try {
        const { db } = file(Date.now());
        db.write(() => insert(db, batch));
        current!.bytes += bytesOf(batch);
        counts.fault = null;
        kept = true;
      } catch (error) {
        counts.fault = (error as Error).message;
        pausedUntil = Date.now() + PAUSE_MS;
        closeFile();
      }
    }
    counts[kept ? "kept" : "lost"] += batch.length;
    for (const { done } of batch) done(kept);
  }

  function file(now: number) {
    if (current && (current.bytes >= retention.part || now - current.start >= retention.partMs)) {
      closeFile();
      current = begin(now);
      tidy();
    }
    current ??= goOn() ?? begin(now);
    return current;
  }

  /** With the newest file there is, unless it is full. */
  function goOn() {
    const newest = logFiles(folder).at(-1);
    const bytes = newest ? sizeOf(newest) : 0;
    if (!newest || bytes >= retention.part) return undefined;
    return { db: openForWriting(folder, newest.start), start: newest.start, bytes };
  }

  function begin(now: number) {
    // Two of the same moment would be one file.
    const start = Math.max(now, (logFiles(folder).at(-1)?.start ?? 0) + 1);
    return { db: openForWriting(folder, start), start, bytes: 0 };
  }

  function tidy(): void {
    try {
      removeOld(folder, retention, Date.now());
    } catch (error) {
      counts.fault = (error as Error).message;
    }
  }

  function closeFile(): void {
    try {
      current?.db.close();
    } catch {}
    current = undefined;
  }

  setImmediate(tidy);
  return {
    add: (prediction) =>
      new Promise((done) => {
        if (waiting.push({ prediction, done }) === 1) setImmediate(write);
      }),
    counts: () => ({ ...counts }),
    set(settings) {
      retention = retentionOf(settings);
      tidy();
    },
    close() {
      clearInterval(tidying);
      if (waiting.length > 0) write();
      closeFile();
    },
  };
}

function insert(db: Database, batch: readonly Waiting[]): void {
  for (const { prediction: one } of batch) {
    const { id, time, role, model, version, path, status, latency, inputs, outputs, key, of } = one;
    db.run(INSERT, id, time, role, model, version, path, status, latency, inputs, outputs, key, of);
  }
}

function bytesOf(batch: readonly Waiting[]): number {
  return batch.reduce(
    (sum, { prediction: { inputs, outputs } }) => sum + ROW_BYTES + (inputs?.length ?? 0) + (outputs?.length ?? 0),
    0,
  );
}

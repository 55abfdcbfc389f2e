/** Hashes files on a few worker threads, which start when there is work and end when there has been none for a while. */
import { Worker } from "node:worker_threads";
import type { HashOutcome, HashTask } from "./hashTask";
import { workerPath } from "./workerPath";

export interface SizedTask extends HashTask {
  /** Bytes, as far as is known: batches are made of about equal work. */
  size: number;
}

export interface HashPool {
  /** Outcomes in the order of the tasks. Rejects with the signal's reason when it fires; what is being read is finished. */
  hash(tasks: readonly SizedTask[], signal?: AbortSignal): Promise<HashOutcome[]>;
  /** Ends the threads; what they were doing is answered as unreadable. */
  close(): Promise<void>;
}

export interface HashPoolOptions {
  /** Default 2. */
  threads?: number;
  /** Default: the built worker. */
  workerFile?: string;
  /** Ms without work after which a thread ends. */
  idleMs?: number;
}

const BATCH_FILES = 256;
const BATCH_BYTES = 32 * 2 ** 20;
/** A worker holds a buffer and a few hundred outcomes; the default limits would let its heap grow for nothing. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

interface Job {
  tasks: HashTask[];
  isWanted(): boolean;
  settle(outcomes: HashOutcome[]): void;
}

interface Thread {
  worker: Worker;
  job: Job | null;
  idle: NodeJS.Timeout | undefined;
}

export function createHashPool(options: HashPoolOptions = {}): HashPool {
  const { threads: limit = 2, workerFile = workerPath("hash-worker"), idleMs = 3000 } = options;
  const queue: Job[] = [];
  const threads = new Set<Thread>();
  let closed = false;

  function start(): Thread {
    const worker = new Worker(workerFile, { resourceLimits: HEAP_LIMITS, stdout: true, stderr: true });
    const thread: Thread = { worker, job: null, idle: undefined };
    threads.add(thread);
    let failure = "the hashing thread ended";
    worker.on("message", (outcomes: HashOutcome[]) => {
      const { job } = thread;
      thread.job = null;
      job?.settle(outcomes);
      feed(thread);
    });
    worker.on("error", (error) => {
      failure = String(error);
    });
    worker.on("exit", () => {
      clearTimeout(thread.idle);
      threads.delete(thread);
      thread.job?.settle(thread.job.tasks.map(() => ({ state: "unreadable", reason: failure })));
      if (!closed) work();
    });
    return thread;
  }

  function feed(thread: Thread): void {
    let job = queue.shift();
    while (job && !job.isWanted()) job = queue.shift();
    clearTimeout(thread.idle);
    if (job) {
      thread.job = job;
      thread.worker.ref();
      thread.worker.postMessage(job.tasks);
    } else {
      // An idle thread keeps no process from ending.
      thread.worker.unref();
      thread.idle = setTimeout(() => void thread.worker.terminate(), idleMs).unref();
    }
  }

  function work(): void {
    for (const thread of threads) if (!thread.job && queue.length > 0) feed(thread);
    while (threads.size < limit && queue.length > 0) feed(start());
  }

  return {
    hash(tasks, signal) {
      const outcomes = new Array<HashOutcome>(tasks.length);
      let open = tasks.length;
      return new Promise((resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        if (open === 0) resolve(outcomes);
        const abort = () => reject(signal?.reason);
        signal?.addEventListener("abort", abort, { once: true });
        for (const indexes of makeBatches(tasks)) {
          queue.push({
            tasks: indexes.map((index) => toTask(tasks[index]!)),
            isWanted: () => !signal?.aborted,
            settle(some) {
              indexes.forEach((index, at) => {
                outcomes[index] = some[at]!;
              });
              open -= indexes.length;
              if (open > 0) return;
              signal?.removeEventListener("abort", abort);
              resolve(outcomes);
            },
          });
        }
        work();
      });
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.settle(job.tasks.map(() => ({ state: "unreadable", reason: "stopped" })));
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

/** What the thread needs of it. */
const toTask = ({ path, keepIn, copyTo, known }: SizedTask): HashTask => ({
  path,
  keepIn,
  ...(copyTo === undefined ? {} : { copyTo }),
  ...(known === undefined ? {} : { known }),
});

/** Indexes of the tasks by batch, the heaviest first, so that no thread is left with much at the end. */
function makeBatches(tasks: readonly SizedTask[]): number[][] {
  const batches: { indexes: number[]; bytes: number }[] = [];
  let current: { indexes: number[]; bytes: number } | undefined;
  tasks.forEach(({ size }, index) => {
    if (!current || current.indexes.length >= BATCH_FILES || current.bytes + size > BATCH_BYTES) {
      current = { indexes: [], bytes: 0 };
      batches.push(current);
    }
    current.indexes.push(index);
    current.bytes += size;
  });
  return batches.sort((a, b) => b.bytes - a.bytes).map(({ indexes }) => indexes);
}

/** Waiting for a database that another process holds. */
import { SqliteCode, sqliteCode } from "./sqlite";

/** Ms that SQLite itself waits for a lock. */
export const BUSY_TIMEOUT = 5_000;
/** Ms after which we give up: no transaction of ours is longer than a fraction of this. */
const DEADLINE = 30_000;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread. Only for milliseconds, where SQLite's own waiting does not apply. */
export function sleep(ms: number): void {
  Atomics.wait(sleepCell, 0, 0, ms);
}

/**
 * Calls `action` until it is not refused for a lock. SQLite's busy timeout covers most waits, but some refusals come at once
 * (recovery of the log, a change of journal mode, a snapshot that went stale), and on network disks the locking protocol
 * itself may fail for a moment. `action` must have no effect when it throws.
 */
export function retryBusy<T>(action: () => T): T {
  const start = Date.now();
  for (let pause = 1; ; pause = Math.min(pause * 2, 100)) {
    try {
      return action();
    } catch (error) {
      const code = sqliteCode(error);
      const passing = code === SqliteCode.busy || code === SqliteCode.locked || code === SqliteCode.protocol;
      if (!passing || Date.now() - start > DEADLINE) throw error;
      // Jitter, so that processes started together do not knock together for ever.
      sleep(pause * (0.5 + Math.random()));
    }
  }
}

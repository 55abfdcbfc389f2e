import { setTimeout as wait } from "node:timers/promises";

const FIRST_MS = 200;
const LONGEST_MS = 15_000;

export interface Backoff {
  /** Longer each time, until `reset`. Rejects with the reason when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
  reset(): void;
}

export function createBackoff(): Backoff {
  let next = FIRST_MS;
  return {
    async wait(signal) {
      const ms = next;
      next = Math.min(next * 2, LONGEST_MS);
      await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    reset() {
      next = FIRST_MS;
    },
  };
}

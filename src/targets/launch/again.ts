/** Trying again what failed because a target could not be reached. */
import { setTimeout as wait } from "node:timers/promises";
import { HostUnreachable } from "../host/contract";

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
const GROWTH = 2;

export interface AgainOptions {
  /** Told of each failure, and null when it went well after one. */
  onLost(reason: string | null): void;
  /** Gives up: the failure is thrown then. */
  signal?: AbortSignal;
  /** Gives up after so many. */
  attempts?: number;
}

/** What else is thrown than HostUnreachable is thrown at once. */
export async function again<T>(action: () => Promise<T>, options: AgainOptions): Promise<T> {
  const { onLost, signal, attempts = Number.POSITIVE_INFINITY } = options;
  for (let attempt = 1, delay = FIRST_MS; ; attempt++, delay = Math.min(delay * GROWTH, LONGEST_MS)) {
    try {
      const result = await action();
      if (attempt > 1) onLost(null);
      return result;
    } catch (error) {
      if (!(error instanceof HostUnreachable) || attempt >= attempts || signal?.aborted) throw error;
      onLost(error.message);
      await wait(delay, undefined, { signal }).catch(() => {});
    }
  }
}

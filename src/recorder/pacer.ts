/** How often the pipeline looks: soon after something was there, rarely while nothing is, never more than it is worth. */
import type { Pipeline } from "./pipeline";

const SHORTEST_MS = 250;
const LONGEST_MS = 2_000;
const GROWTH = 2;
/** Of the time at most one part in this many goes into looking. */
const SHARE = 10;

export interface Pacer {
  /** Ends the looking; resolves when none is under way. */
  stop(): Promise<void>;
}

/**
 * Polls rather than watches: a command that prints a million lines makes as many file events, and network disks make
 * none. `onError` is told what the store threw; the next look tries again.
 */
export function startPacer(pipeline: Pipeline, onError: (error: unknown) => void): Pacer {
  let stopped = false;
  let delay = SHORTEST_MS;
  let looking: Promise<void> = Promise.resolve();
  let timer = setTimeout(next, delay);

  async function look(): Promise<void> {
    const start = performance.now();
    let any = false;
    try {
      any = await pipeline.pump();
    } catch (error) {
      onError(error);
    }
    const took = performance.now() - start;
    delay = any ? SHORTEST_MS : Math.min(delay * GROWTH, LONGEST_MS);
    if (!stopped) timer = setTimeout(next, Math.max(delay, took * SHARE));
  }

  function next(): void {
    looking = look();
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

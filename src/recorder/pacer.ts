/** How often the pipeline looks: soon after something was there, rarely while nothing is, never more than it is worth. */

import { type FSWatcher, watch } from "node:fs";
import { now } from "./clock";
import type { Pipeline } from "./pipeline";

const SHORTEST_MS = 250;
const LONGEST_MS = 5_000;
const GROWTH = 2;
/** When so long nothing was there, we also let ourselves be woken. */
const RESTING_MS = 1_000;
/** Of the time at most one part in this many goes into looking. */
const SHARE = 20;

export interface Pacer {
  /** Ends the looking; resolves when none is under way. */
  stop(): Promise<void>;
}

/**
 * Polls: a command that prints a million lines makes as many file events. Only while nothing happens, the first event
 * (in one of `places`, files or folders) ends the rest early; network disks make none. `onError` is told what the store
 * threw; the next look tries again.
 */
export function startPacer(pipeline: Pipeline, places: string[], onError: (error: unknown) => void): Pacer {
  let stopped = false;
  let delay = SHORTEST_MS;
  let looking: Promise<void> = Promise.resolve();
  let watchers: FSWatcher[] = [];
  let timer = setTimeout(next, delay);

  async function look(): Promise<void> {
    const start = now();
    let any = false;
    try {
      any = await pipeline.pump();
    } catch (error) {
      onError(error);
    }
    if (stopped) return;
    delay = any ? SHORTEST_MS : Math.min(delay * GROWTH, LONGEST_MS);
    if (delay > RESTING_MS) watchers = places.flatMap((place) => watchOnce(place, wake));
    timer = setTimeout(next, Math.max(delay, (now() - start) * SHARE));
  }

  function next(): void {
    sleep();
    looking = look();
  }

  function wake(): void {
    sleep();
    clearTimeout(timer);
    timer = setTimeout(next, SHORTEST_MS);
  }

  function sleep(): void {
    for (const watcher of watchers.splice(0)) watcher.close();
  }

  return {
    async stop() {
      stopped = true;
      sleep();
      clearTimeout(timer);
      await looking;
    },
  };
}

/** None where it is not there, or the system gives no more of them. */
function watchOnce(place: string, onEvent: () => void): FSWatcher[] {
  try {
    return [watch(place, onEvent).on("error", () => {})];
  } catch {
    return [];
  }
}

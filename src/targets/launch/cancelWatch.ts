/** Whether the end of a job was asked for, by whichever way: `modeltrail stop`, the Jobs view, a limit. */
import type { Store } from "../../store/contract";

export interface CancelWatch {
  /** Fires once; its reason says why, for people. */
  readonly signal: AbortSignal;
  /** Asks for it from here. */
  cancel(reason: string): void;
  stop(): void;
}

const LOOK_MS = 300;

export function watchCancel(store: Store, job: string, run: string): CancelWatch {
  const controller = new AbortController();
  const timer = setInterval(look, LOOK_MS);
  look();

  function look(): void {
    try {
      const asked = store.jobs.get(job);
      if (asked?.cancelling) cancel(asked.reason ?? "Cancelled.");
      else if (store.stopRequested(run)) cancel("Stopped by its user.");
    } catch {
      // The store is busy: the next look tells.
    }
  }

  function cancel(reason: string): void {
    if (controller.signal.aborted) return;
    // A run that was stopped counts as killed, however its command takes it.
    store.requestStop(run);
    controller.abort(reason);
  }

  return { signal: controller.signal, cancel, stop: () => clearInterval(timer) };
}

/** Clouds refuse to remove what they are still busy with. */
import { setTimeout as wait } from "node:timers/promises";
import { CloudError } from "./program";

const PACE_MS = 5_000;
const BUSY =
  /FAILED_PRECONDITION|Conflict|in progress|operation is running|being (?:created|updated|deployed|deleted)/i;

/** Again and again while it is refused because of that, until `signal`; then throws what was said last. */
export async function insist<T>(action: () => Promise<T>, signal: AbortSignal, pace = PACE_MS): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (signal.aborted || !(error instanceof CloudError) || !BUSY.test(error.said)) throw error;
      await wait(pace, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw error;
    }
  }
}

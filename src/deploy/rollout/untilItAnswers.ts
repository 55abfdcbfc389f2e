/** Targets switch at their own pace: the endpoint is asked until it answers the sample. */
import { setTimeout as wait } from "node:timers/promises";
import type { Access, ReadyBundle } from "../contract";
import { smokeTest } from "./smokeTest";

const PACE_MS = 250;

/** Throws UserError, of the last try, when it does not within so many ms. */
export async function untilItAnswers(
  bundle: ReadyBundle,
  access: Access,
  patience: number,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    try {
      await smokeTest(bundle, access, signal);
      return;
    } catch (error) {
      if (signal.aborted || Date.now() > end) throw error;
    }
    await wait(PACE_MS, undefined, { signal });
  }
}

/** Runs below ours that clients began: their clients say how they end, and those that nobody ended end with the command. */
import type { RunEnd, Store } from "../../store/contract";
import { processIdentity } from "../../store/process";

/** Ends those of this process that are still going on. */
export function endOwnedRuns(store: Store, ours: string, end: RunEnd): void {
  const self = processIdentity();
  for (const { id, recorder } of store.running()) {
    const isSelf = recorder.pid === self.pid && recorder.startToken === self.startToken;
    if (isSelf && id !== ours) store.endRun(id, { ...end, exitCode: null, signal: null });
  }
}

/** The lock that says that a process looks after a store's queue. */
import { join } from "node:path";
import { isHeldElsewhere, isLocked, takeLock } from "../../store/fileLock";

/** Takes it, and gives the function that lets it go; null when another process has it. */
export function holdQueue(storeFolder: string): (() => void) | null {
  try {
    return takeLock(lockPath(storeFolder));
  } catch (error) {
    if (isHeldElsewhere(error)) return null;
    // A disk without locks: two of them get in each other's way no more than that each job is begun by one.
    return () => {};
  }
}

export function isQueueLookedAfter(storeFolder: string): boolean {
  return isLocked(lockPath(storeFolder)) === true;
}

function lockPath(storeFolder: string): string {
  return join(storeFolder, "queue.lock");
}

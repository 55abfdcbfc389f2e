/**
 * A sign of life that other containers can see: a lock on `recorder.lock` in the run's folder, held for as long as the
 * recorder lives. A container that is restarted, as a dev container is whenever its window is closed, has new process
 * numbers, so a number tells nothing about a recorder from before.
 */
import { join } from "node:path";
import { isLocked, takeLock } from "./fileLock";

/** Takes the lock and gives the function that lets it go; null when the disk has no locks or someone else has it. */
export function holdLifeLock(runFolder: string): (() => void) | null {
  try {
    return takeLock(lockPath(runFolder));
  } catch {
    return null;
  }
}

/** Whether the lock is held; null when that cannot be told (no lock was ever taken, or none can be tried). */
export function isLifeLockHeld(runFolder: string): boolean | null {
  return isLocked(lockPath(runFolder));
}

function lockPath(runFolder: string): string {
  return join(runFolder, "recorder.lock");
}

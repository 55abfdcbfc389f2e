/**
 * Place on the disk that is given up, a piece at a time, when it is full and a client waits for something that must be written
 * now: a run that it begins, an experiment, a model.
 */
import { closeSync, ftruncateSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Bytes. A piece is what a run and its folder take, and some more that others get. */
const PIECE = 128 * 1024;
const PIECES = 32;
/** A disk that has less than so many times that much is left to the script. */
const SPARE = 5;

export interface Room {
  /** Gives a piece to the disk; false when there is none left. */
  give(): boolean;
  /** Takes back what was given, if the disk has it to spare. */
  refill(): void;
  /** Gives all. */
  close(): void;
}

export function roomPath(runFolder: string): string {
  return join(runFolder, "mlflow-room");
}

/** In the run's folder. Throws when the disk does not have it to spare. */
export function openRoom(runFolder: string): Room {
  const path = roomPath(runFolder);
  // What one that was killed has left is still ours, or was given.
  const fd = openSync(path, "w", 0o600);
  let pieces = 0;

  function take(): void {
    const { bavail, bsize } = statfsSync(runFolder);
    if (bavail * bsize < SPARE * PIECES * PIECE) throw new Error("There is not much room on the disk.");
    // Zeros, and not a hole: a hole has no place on the disk.
    for (const zeros = Buffer.alloc(PIECE); pieces < PIECES; pieces++) {
      if (writeSync(fd, zeros, 0, PIECE, pieces * PIECE) < PIECE) throw new Error("The disk is full.");
    }
  }

  function close(): void {
    closeSync(fd);
    rmSync(path, { force: true });
  }

  try {
    take();
  } catch (error) {
    close();
    throw error;
  }
  return {
    give() {
      if (pieces === 0) return false;
      pieces--;
      ftruncateSync(fd, pieces * PIECE);
      return true;
    },
    refill() {
      try {
        take();
      } catch {}
    },
    close,
  };
}

/** The keeper: a small process that starts the gateway, and starts it again whenever it was killed. `modeltrail gateway keep NAME`. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { isHeldElsewhere, isLocked, takeLock } from "../../store/fileLock";
import { placesIn, readGatewayFile } from "./files";
import { channelToParent, holdSocket } from "./heldSocket";

const LOOK_MS = 250;
const MOST_PAUSE_MS = 30_000;
/** A gateway that lived so long did not die at its start. */
const WELL_MS = 30_000;
const LOCK_TRIES = 10;

/** Ends when nothing is to be served any more, or another keeper is there. `start`: starts `modeltrail gateway serve`. */
export async function keepGateway(folder: string, start: () => ChildProcess): Promise<void> {
  const places = placesIn(folder);
  const release = await takeKeeperLock(places.keeperLock);
  if (!release) return;
  const socket = holdSocket();
  // The gateway that has started us, after the keeper before us died.
  const parent = channelToParent();
  if (parent) socket.takeFrom(parent);
  let isEnding = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => (isEnding = true));
  process.on("SIGHUP", () => {});
  try {
    for (let deaths = 0; !isEnding && readGatewayFile(folder); ) {
      // One that outlived the keeper before us.
      while (!isEnding && isLocked(places.gatewayLock) === true) await wait(LOOK_MS);
      if (isEnding || !readGatewayFile(folder)) return;
      const began = Date.now();
      const gateway = start();
      socket.takeFrom(gateway);
      socket.giveTo(gateway);
      await ended(gateway);
      deaths = Date.now() - began > WELL_MS ? 0 : deaths + 1;
      if (deaths <= 1) continue;
      // Callers do not wait for ever for one that does not come up.
      if (deaths > 2) socket.release();
      await wait(Math.min(MOST_PAUSE_MS, 250 * 2 ** deaths));
    }
  } finally {
    socket.release();
    if (process.connected) process.disconnect();
    release();
  }
}

async function takeKeeperLock(lock: string): Promise<(() => void) | null> {
  for (let left = LOCK_TRIES; left > 0; left--) {
    try {
      return takeLock(lock);
    } catch (error) {
      if (!isHeldElsewhere(error)) return () => {};
    }
    // A gateway that looks whether the lock is held, holds it for a moment.
    await wait(50);
  }
  return null;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
}

/** The gateway as a process: `modeltrail gateway serve NAME`. */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { isHeldElsewhere, isLocked, takeLock } from "../../store/fileLock";
import { processIdentity } from "../../store/process";
import { makeControl } from "./control";
import { placesIn, readGatewayFile, writeControlFile } from "./files";
import { makeGateway } from "./gateway";
import { channelToParent, givenSocket, socketKeeper } from "./heldSocket";

const WATCH_MS = 2_000;
const LOCK_TRIES = 50;
const LOCK_PAUSE_MS = 100;

/**
 * Serves until it is stopped, which ends its model servers too, or told to end (SIGTERM), which leaves them to the next one.
 * `startKeeper`: called when nobody would start it again. Resolves with whether it was stopped for good.
 */
export async function serveGateway(folder: string, startKeeper: () => ChildProcess): Promise<boolean> {
  const places = placesIn(folder);
  const parent = channelToParent();
  const given = parent ? givenSocket(parent) : null;
  const release = await takeOver(places.gatewayLock);
  if (!release) return false;
  try {
    const file = readGatewayFile(folder);
    if (!file) return true;
    let port = 0;
    let end: (isForGood: boolean) => void = () => {};
    const ended = new Promise<boolean>((resolve) => (end = resolve));
    const keeper = socketKeeper(parent, await given);
    const gateway = makeGateway(folder, file, () => end(true), keeper);
    const secret = randomBytes(32).toString("hex");
    const control = makeControl(gateway, secret, () => port);
    await new Promise<void>((resolve, reject) => {
      control.once("error", reject);
      control.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    port = (control.address() as { port: number }).port;
    writeControlFile(folder, { port, secret, process: processIdentity() });
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(false));
    process.on("SIGHUP", () => {});
    const watching = setInterval(() => {
      if (existsSync(places.gateway)) watchKeeper(places.keeperLock, () => keeper.useKeeper(startKeeper()));
      // The project was deleted: nobody could find us to end us.
      else gateway.stop().catch(() => end(true));
    }, WATCH_MS);
    void gateway.open();
    const isForGood = await ended;
    clearInterval(watching);
    if (isForGood) rmSync(places.gateway, { force: true });
    else await gateway.leave();
    control.close();
    control.closeIdleConnections();
    rmSync(places.control, { force: true });
    return isForGood;
  } finally {
    release();
  }
}

/** Null: another gateway of this deployment lives. */
async function takeOver(lock: string): Promise<(() => void) | null> {
  for (let left = LOCK_TRIES; ; left--) {
    try {
      return takeLock(lock);
    } catch (error) {
      // A disk without locks: the keeper alone sees to it that there is one.
      if (!isHeldElsewhere(error)) return () => {};
      if (left === 0) return null;
    }
    await wait(LOCK_PAUSE_MS);
  }
}

function watchKeeper(lock: string, startKeeper: () => void): void {
  // Nobody has it although it is there, or somebody removed it.
  if (isLocked(lock) === false || !existsSync(lock)) startKeeper();
}

/** Processes that outlive the command and still print (daemons): they are neither waited for nor cut off. */

import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { now } from "../clock";
import type { Output } from "./outputs";
import type { Relay } from "./relay";

/** How long such processes may be silent before the command's end is reported without them. */
const QUIET_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/**
 * After the command's end: waits until its streams ended, or are quiet though others hold them. Everything that the
 * command itself printed is in the log and forwarded then. True when others hold them; `handOver` got those.
 */
export async function settle(relays: Relay[], handOver: (relay: Relay) => void): Promise<boolean> {
  const allClosed = Promise.all(relays.map((relay) => relay.closed)).then(() => true);
  const start = now();
  while (!(await Promise.race([allClosed, wait(QUIET_MS / 5)]))) {
    const quiet = relays.every((relay) => relay.isClosed || relay.quietFor() >= QUIET_MS);
    if (!quiet && now() - start < LONGEST_WAIT_MS) continue;
    // What waits for a slow reader is waited for, however long it takes.
    const held: boolean[] = [];
    for (const relay of relays) held.push(!relay.isClosed && (await relay.release()));
    relays.filter((_, i) => held[i]).forEach(handOver);
    return held.includes(true);
  }
  return false;
}

/** Lets a small program go on from here: FIFO → log and our descriptor. It ends when the last writer does. */
export function drainAlone(fifo: string, output: Output, logPath: string | null): void {
  // A writer of our own, so that opening for reading cannot wait for one.
  const writer = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  const reader = openSync(fifo, constants.O_RDONLY);
  const [program, args] = logPath === null ? ["cat", []] : ["tee", ["-a", logPath]];
  spawn(program, args, { stdio: [reader, output.descriptors[0]!, "ignore"], detached: true })
    .on("error", () => {})
    .unref();
  closeSync(reader);
  closeSync(writer);
}

function wait(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}

/** Ending processes that we started, with all that they started: politely, then by force. */
import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessIdentity } from "../../store/contract";
import { isAlive, processState } from "../../store/process";

const POLL_MS = 50;
const FORCE_MS = 5_000;

/**
 * They lead groups of their own. Resolves with whether it is gone; one that cannot be seen from here counts as gone. `graceMs`:
 * what it gets to end by itself.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  // Its number may be another's by now: of a later process, after a restart of the machine, or on this side of a container.
  if (processState(identity) !== "alive") return true;
  if (graceMs > 0) {
    await signalTree(identity.pid, false);
    if (await gone(identity, graceMs)) {
      forceGroup(identity.pid);
      return true;
    }
  }
  await signalTree(identity.pid, true);
  return gone(identity, FORCE_MS);
}

/** What a process has left of its group. Only for one that was just seen alive or is our child: its number is no one else's yet. */
export function forceGroup(pid: number): void {
  if (process.platform === "win32") return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {}
}

async function signalTree(pid: number, force: boolean): Promise<void> {
  if (process.platform === "win32") {
    const args = ["/PID", String(pid), "/T", ...(force ? ["/F"] : [])];
    return new Promise((resolve) => execFile("taskkill", args, { windowsHide: true }, () => resolve()));
  }
  try {
    // Who leads the group tells its own; by force, all of it goes.
    process.kill(force ? -pid : pid, force ? "SIGKILL" : "SIGTERM");
  } catch {}
}

async function gone(identity: ProcessIdentity, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (isAlive(identity)) {
    if (Date.now() > end) return false;
    await wait(POLL_MS);
  }
  return true;
}

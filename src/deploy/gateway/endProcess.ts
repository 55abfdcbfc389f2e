/** Ending processes that we started, with all that they started: politely, then by force. */
import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessIdentity } from "../../store/contract";
import { isAlive } from "../../store/process";

const POLL_MS = 50;
const FORCE_MS = 5_000;

/** They lead groups of their own. Resolves with whether it is gone. `graceMs`: what it gets to end by itself. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!isAlive(identity)) {
    forceGroup(identity.pid);
    return true;
  }
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

/** What a process that is gone has left of its group. */
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

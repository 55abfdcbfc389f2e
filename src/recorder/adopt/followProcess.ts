/** Watching over a process that is not our child. */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessIdentity } from "../../store/contract";
import { isAlive, processIdentity } from "../../store/process";

const POLL_MS = 100;
/** Where the start of a process is asked for by starting another (macOS). */
const DEAR_POLL_MS = 1_000;
/** How far apart the system's and the tracer's idea of a process's start may be. */
const SLACK_MS = 10_000;
/** A number is not given again so soon. */
const YOUNG_MS = 60_000;

/** Resolves when the process is gone. */
export async function untilGone(identity: ProcessIdentity): Promise<void> {
  const poll = process.platform === "linux" || process.platform === "win32" ? POLL_MS : DEAR_POLL_MS;
  while (isAlive(identity)) await wait(poll);
}

/** The process that wrote a start line `at` (ms since the epoch); null when it is gone. */
export function announcedProcess(pid: number, at: number): ProcessIdentity | null {
  const identity = processIdentity(pid);
  if (!isAlive(identity)) return null;
  const started = startOf(identity);
  const isIt = started === null ? Date.now() - at < YOUNG_MS : started - at < SLACK_MS;
  return isIt ? identity : null;
}

/** Ms since the epoch; null where the system does not tell. */
function startOf({ startToken }: ProcessIdentity): number | null {
  if (process.platform === "linux") {
    try {
      const uptime = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]);
      // In clock ticks since the boot, of which every Linux shows 100 a second.
      return startToken ? Date.now() - uptime * 1_000 + Number(startToken) * 10 : null;
    } catch {
      return null;
    }
  }
  const parsed = Date.parse(`${startToken} UTC`);
  return Number.isNaN(parsed) ? null : parsed;
}

/** The limit on open files: Node raises it for itself at its start, and all that it starts would inherit that. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Sets our own limit back to what it was, as far as can be known (Linux: our parent's, when the hard limits are the
 * same), so that the command has the one it would have without us. Takes 2 ms in a process of its own.
 */
export function restoreFileLimit(): Promise<void> {
  const soft = givenFileLimit();
  if (!soft) return Promise.resolve();
  return new Promise((resolve) => {
    execFile("prlimit", ["--pid", String(process.pid), `--nofile=${soft}:`], () => resolve());
  });
}

/** The limit that we were started with, if it is known to be another than the one we have. */
export function givenFileLimit(): number | undefined {
  const own = readLimits("self");
  const parent = process.ppid > 1 ? readLimits(process.ppid) : null;
  const told = Number(process.env.MODELTRAIL_FILE_LIMIT);
  const soft = told || (own && parent && parent.hard === own.hard ? parent.soft : 0);
  return own && soft && soft < own.soft ? soft : undefined;
}

/** "unlimited" is NaN, which compares as false. */
function readLimits(pid: number | "self"): { soft: number; hard: number } | null {
  try {
    const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))!;
    return { soft: Number(soft), hard: Number(hard) };
  } catch {
    return null;
  }
}

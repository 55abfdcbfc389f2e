/** One process at a time: a file says whose turn it is. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { ProcessIdentity } from "../store/contract";
import { isAlive, processIdentity } from "../store/process";

const POLL_MS = 200;

/** Waits until nobody else holds `file`, and holds it during `action`. What a dead process held is free. */
export async function whileLocked<T>(
  file: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  while (!take(file)) await wait(POLL_MS, undefined, { signal });
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(processIdentity()), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const holder = readHolder(file);
  if (holder && !isAlive(holder)) rmSync(file, { force: true });
  return false;
}

/** Null while it is being written or removed. */
function readHolder(file: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
  } catch {
    return null;
  }
}

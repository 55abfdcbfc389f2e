/** Which living processes belong to a run, whoever their parent is by now. */
import { readdirSync, readFileSync } from "node:fs";
import { createSpoolReader } from "../ingest/spool";
import type { ProcessIdentity, Store } from "../store/contract";
import { isAlive, processIdentity } from "../store/process";
import { readTree } from "./samples/processTree";
import { spoolFolder } from "./spoolFolder";

/** How far apart the system's and the tracer's idea of a process's start may be. */
const START_SLACK_MS = 60_000;

/**
 * The run's command, its descendants, and what those of them that ended left behind (the workers of a dead launcher).
 * Never the run's own recorder; that of a run within the run is among them.
 */
export async function findRunProcesses(
  store: Store,
  id: string,
  command: ProcessIdentity | null,
): Promise<ProcessIdentity[]> {
  const roots = new Set(process.platform === "linux" ? byEnvironment(id) : bySpool(store, id));
  if (command && isAlive(command)) roots.add(command.pid);
  const found = new Set(roots);
  for (const root of roots) for (const { pid } of await readTree(root)) found.add(pid);
  found.delete(process.pid);
  return [...found].map((pid) => processIdentity(pid)).filter(isAlive);
}

/** Linux shows the environment that a process was started with, to its own user. */
function byEnvironment(id: string): number[] {
  const mark = Buffer.from(`MODELTRAIL_RUN_ID=${id}\0`);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`).includes(mark);
    } catch {
      return false;
    }
  });
}

/** Processes that the tracer was in, as far as their number still means the same process. */
function bySpool(store: Store, id: string): number[] {
  const spool = createSpoolReader(spoolFolder(store.runFolder(id)));
  const pids: number[] = [];
  for (let more = true; more; ) {
    const read = spool.read(true);
    more = read.more;
    for (const event of read.events) {
      if (event.e === "start" && startedAbout(event.pid, event.t)) pids.push(event.pid);
    }
  }
  return pids;
}

/** macOS tells the start of a process as a date. Where nothing is told (Windows), only descendants are known. */
function startedAbout(pid: number, time: number): boolean {
  const started = Date.parse(`${processIdentity(pid).startToken} UTC`);
  return Math.abs(time - started) < START_SLACK_MS;
}

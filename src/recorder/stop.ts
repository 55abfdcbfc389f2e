/** Stopping a run: the whole tree of its command, politely first. */

import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../domain/errors";
import type { Job } from "../domain/job";
import { LOCAL } from "../domain/localTarget";
import type { ProcessIdentity, Store } from "../store/contract";
import { isAlive, processState } from "../store/process";
import { now } from "./clock";
import { readEndNote } from "./endNote";
import { recoverLostRuns } from "./recover";
import { findRunProcesses } from "./runProcesses";

export interface StopOptions {
  /** Ms that the processes get after SIGINT, and again after SIGTERM; default 5,000. */
  graceMs?: number;
}

const GRACE_MS = 5_000;
const POLL_MS = 50;
/** How long a target may take to end a job, and to give back what it left. */
const TARGET_MS = 60_000;
/** How long a recorder may take to put away what is left of its run. */
const FINISH_MS = 30_000;

/**
 * Ends the run `id` and waits until it has ended; it counts as killed. Works too when its recorder is dead. Throws
 * UserError when the run is on another machine, or a process will not die.
 */
export async function stopRun(store: Store, id: string, { graceMs = GRACE_MS }: StopOptions = {}): Promise<void> {
  const run = store.running(true).find((one) => one.id === id);
  if (!run) return;
  const job = store.jobs.ofRun(id);
  if (job && job.target !== LOCAL) return await stopOnTarget(store, id, job);
  if (processState(run.recorder) === "unknown") {
    throw new UserError(`This run goes on on ${run.recorder.host.split("/")[0]}. Stop it there.`);
  }
  store.requestStop(id);
  const ended = () => !isRunning(store, id) || readEndNote(store.runFolder(id)) !== null;
  const targets = async () => {
    const found = await findRunProcesses(store, id, run.process);
    // Before there is a command, the recorder itself gives up.
    const recorder = found.length === 0 && isAlive(run.recorder) && !ended() ? [run.recorder] : [];
    return [...found, ...recorder].filter(({ pid }) => pid !== run.recorder.pid || recorder.length > 0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    const processes = await targets();
    await Promise.all(processes.map((target) => signalProcess(target, signal)));
    if (await until(() => !processes.some(isAlive), signal === "SIGKILL" ? FINISH_MS : graceMs)) {
      // What the dying processes started meanwhile gets the next signal.
      if ((await targets()).length === 0) break;
    }
  }
  const left = (await targets()).map(({ pid }) => pid);
  if (left.length > 0) {
    throw new UserError(`Process ${left.join(", ")} of this run could not be ended. You may lack the permission to.`);
  }
  await recoverLostRuns(store);
  await until(() => !isRunning(store, id), FINISH_MS);
}

/** Its follower does it; the run is over when that has brought what there is. */
async function stopOnTarget(store: Store, id: string, { id: job, target }: Job): Promise<void> {
  store.requestStop(id);
  store.jobs.requestCancel(job, "Stopped by its user.");
  if (await until(() => !isRunning(store, id), TARGET_MS)) return;
  const { reason } = store.jobs.get(job) ?? {};
  throw new UserError(`This run goes on on ${target} until that can be told to end it.${reason ? ` ${reason}` : ""}`);
}

function isRunning(store: Store, id: string): boolean {
  return store.getSummaries([id])[0]?.status === "running";
}

async function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(target)) return;
  if (process.platform === "win32") return endOnWindows(target.pid, signal === "SIGKILL");
  try {
    process.kill(target.pid, signal);
  } catch {
    // It has just ended, or is another user's: then it is named in the end.
  }
}

/** Windows has no signals: a window or console is asked to close, or the process is ended. */
function endOnWindows(pid: number, force: boolean): Promise<void> {
  const args = ["/PID", String(pid), "/T", ...(force ? ["/F"] : [])];
  return new Promise((resolve) => execFile("taskkill", args, { windowsHide: true }, () => resolve()));
}

async function until(condition: () => boolean, ms: number): Promise<boolean> {
  for (const start = now(); now() - start < ms; await wait(POLL_MS)) {
    if (condition()) return true;
  }
  return condition();
}

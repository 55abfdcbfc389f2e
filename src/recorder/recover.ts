/** Finishing the runs whose recorder died: what they left on disk is read to its end, and they are ended. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { LOCAL } from "../domain/localTarget";
import type { RunEnd, RunningRun, Store } from "../store/contract";
import { isAlive, processIdentity, processState } from "../store/process";
import { isAnnounced } from "./adopt/announcements";
import { finishAdopted } from "./adopt/finish";
import { now } from "./clock";
import { type EndNote, isMarkedFinishing, markFinishing, readEndNote, sayLost } from "./endNote";
import { endOwnedRun, replayPutBy } from "./endpoint/recovery";
import { keepExecutedNotebook } from "./notebook/executed";
import { createRunPipeline } from "./runPipeline";
import { spoolFolder } from "./spoolFolder";
import { statusOf } from "./status";

/** A run on a machine that cannot be asked is over when its command was seen to end and nothing was written for so long. */
const SILENT_MS = 10 * 60_000;
const POLL_MS = 50;
const HAND_OVER_MS = 10_000;

/** Runs that this process is finishing: claimed by it, and so not lost although it did not start them. */
const finishing = new Set<string>();

/**
 * Finishes every run of this store whose recorder is dead, and gives their ids. Any number of processes may do this at
 * once: each run is finished by one. A run that cannot be finished now (a full disk) stays for the next call.
 */
export async function recoverLostRuns(store: Store): Promise<string[]> {
  const recovered: string[] = [];
  for (const run of store.running(true)) {
    if (finishing.has(run.id) || !isLost(store, run) || isFollowed(store, run.id)) continue;
    markFinishing(store.runFolder(run.id));
    if (!store.claimRun(run.id, run.recorder, processIdentity())) continue;
    finishing.add(run.id);
    try {
      if (await finishRun(store, run)) recovered.push(run.id);
    } finally {
      finishing.delete(run.id);
    }
  }
  return recovered;
}

/**
 * The same, and waits for the runs that other processes are finishing, at most `ms`: what is read after that is whole for
 * every run whose recorder is gone.
 */
export async function settleRuns(store: Store, ms = 20_000): Promise<void> {
  const deadline = now() + ms;
  for (;;) {
    await recoverLostRuns(store);
    const pending = store.running().some(({ id }) => isMarkedFinishing(store.runFolder(id)));
    if (!pending || now() > deadline) return;
    await wait(POLL_MS);
  }
}

/** For the process that a recorder left the rest of its run to: finishes it as soon as it is ours. */
export async function finishHandedOver(store: Store, id: string): Promise<void> {
  const deadline = now() + HAND_OVER_MS;
  while (now() < deadline) {
    const run = store.running().find((one) => one.id === id);
    if (!run || run.recorder.pid === process.pid) break;
    await wait(POLL_MS);
  }
  await recoverLostRuns(store);
}

function isLost(store: Store, { id, recorder, process: command, lastWrite }: RunningRun): boolean {
  const state = processState(recorder);
  // A run that we did not start needs no recorder to go on: another one takes it up, or finishes it when it has ended.
  if (state === "dead" && command && isAnnounced(store.folder, id) && isAlive(command)) return false;
  // Claimed by this very process some time before, which then failed.
  if (state === "alive") return recorder.pid === process.pid;
  if (state === "dead") return true;
  return Date.now() - lastWrite > SILENT_MS && readEndNote(store.runFolder(id)) !== null;
}

/** A run on a target goes on without us: another follower is to take it up, see targets/launch. */
function isFollowed(store: Store, id: string): boolean {
  const job = store.jobs.ofRun(id);
  return job !== null && job.target !== LOCAL && job.state !== "ended";
}

/** Ends a run that is ours to end. False when someone else did meanwhile. */
async function finishRun(store: Store, { id, process: command }: RunningRun): Promise<boolean> {
  if (store.tracking.run(id)?.owned) return endOwnedRun(store, id);
  const runFolder = store.runFolder(id);
  await replayPutBy(store, id);
  if (isAnnounced(store.folder, id))
    return finishAdopted(store, id, readEndNote(runFolder)?.endTime ?? lastSign(store, id));
  const note = readEndNote(runFolder);
  const endTime = note?.endTime ?? lastSign(store, id);
  const pipeline = await createRunPipeline(store, id, { endTime });
  try {
    pipeline.add(note ? sayLost(note) : { warnings: [warningOf(command)] });
    pipeline.add({ artifacts: await keepExecutedNotebook(store, id) });
    const last = await pipeline.finish();
    return store.endRun(id, endOf(note, store.stopRequested(id), endTime), last);
  } finally {
    await pipeline.close();
  }
}

function endOf(note: EndNote | null, stopped: boolean, endTime: number): RunEnd {
  const end = { exitCode: note?.exitCode ?? null, signal: note?.signal ?? null, endTime };
  return { ...end, status: stopped ? "killed" : statusOf(end) };
}

function warningOf(command: RunningRun["process"]): string {
  const lost = "The recorder of this run was ended from outside, so how its command ended is not known.";
  return command && isAlive(command) ? `${lost} The command still runs as process ${command.pid}.` : lost;
}

/** Ms since the epoch of the last thing that the run is known to have written. */
function lastSign(store: Store, id: string): number {
  const spool = spoolFolder(store.runFolder(id));
  const files = [store.logPath(id), ...names(spool).map((name) => join(spool, name))];
  const times = files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times) || Date.now();
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

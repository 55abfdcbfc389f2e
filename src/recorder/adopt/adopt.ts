/**
 * Records a run that is under way already and not our child: begins it in the store, takes its code, reads what it leaves, and
 * ends it when its process is gone. Any number of processes may try: one of them does it.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Gap } from "../../domain/run";
import { maskArguments } from "../../domain/secrets";
import { snapshotCode } from "../../snapshot/code";
import type { ProcessIdentity, RunningRun, Store } from "../../store/contract";
import { isAlive, processIdentity } from "../../store/process";
import { describeCommand } from "../describe";
import { prepareEndNote, writeEndNote } from "../endNote";
import { startPacer } from "../pacer";
import { createRunPipeline, type RunPipeline } from "../runPipeline";
import { startSampler } from "../samples/sampler";
import { spoolFolder } from "../spoolFolder";
import { type Announced, readAllAnnounced, readAnnounced, withdraw } from "./announcements";
import { conclude } from "./finish";
import { announcedProcess, untilGone } from "./followProcess";
import { lastWord } from "./lastWord";
import { readTold } from "./told";

export interface AdoptOptions {
  /** Who started it, when that is known better than by the run itself: "task". */
  source?: string | undefined;
  /** Ms after the end of the process that those who look on have for their last word, while they live; default 30,000. */
  patience?: number;
}

/** A run that is noticed so late after its end has left code behind that may long be another. */
const STALE_MS = 60_000;
/** The code of a run that is noticed later than that may be another than it started with. */
const LATE_MS = 5_000;
const PATIENCE_MS = 30_000;
const POLL_MS = 50;

/** Resolves when the run `id` has ended, or is someone else's. Throws what the store throws. */
export async function adoptRun(store: Store, id: string, options: AdoptOptions = {}): Promise<void> {
  const announced = readAnnounced(store.runFolder(id));
  if (!announced) return withdraw(store.folder, id);
  const own = begin(store, id, announced, options);
  if (own === "ended") return withdraw(store.folder, id);
  if (own === "foreign") return;
  const { start } = announced;
  const runFolder = store.runFolder(id);
  const ended = own.process ? undefined : (lastWord(announced.spoolFile)?.t ?? Date.now());
  const pipeline = await createRunPipeline(store, id, { env: start.adopt.variables, endTime: ended });
  try {
    if (own.isNew) await takeCode(store, id, start.t, own.process !== null, pipeline);
    if (own.process) await follow(store, id, own.process, pipeline, start.adopt.variables);
    const endTime = ended ?? Date.now();
    writeEndNote(runFolder, { exitCode: null, signal: null, endTime });
    await untilAllTold(runFolder, options.patience ?? PATIENCE_MS);
    await conclude(store, id, announced, pipeline, endTime);
  } finally {
    await pipeline.close();
  }
}

interface Begun {
  /** False: another recorder had begun it, and died. */
  isNew: boolean;
  /** Null when it is gone. */
  process: ProcessIdentity | null;
}

function begin(store: Store, id: string, { start }: Announced, options: AdoptOptions): Begun | "ended" | "foreign" {
  const self = processIdentity();
  if (store.unknownRuns([id]).length > 0) {
    const { root } = store;
    const { command, source } = start.adopt;
    const { script, experiment } = describeCommand(command, start.cwd, root);
    const process = announcedProcess(start.pid, start.t);
    const run = {
      experiment,
      command: maskArguments(command),
      cwd: start.cwd,
      script,
      startTime: start.t,
      recorder: self,
      source: options.source ?? source,
    };
    try {
      store.adoptRun(id, run);
    } catch (error) {
      // Another process was quicker.
      if (store.unknownRuns([id]).length > 0) throw error;
      return "foreign";
    }
    // Holds the lock by which others see that we live.
    store.claimRun(id, self, self);
    prepareEndNote(store.runFolder(id));
    if (process) store.ingest(id, { process });
    return { isNew: true, process };
  }
  const run = store.running(true).find((one) => one.id === id);
  if (!run) return "ended";
  if (store.recorderState(run) !== "dead" || !store.claimRun(id, run.recorder, self)) return "foreign";
  return { isNew: false, process: stillThere(run) };
}

function stillThere({ process }: RunningRun): ProcessIdentity | null {
  return process && isAlive(process) ? process : null;
}

async function takeCode(
  store: Store,
  id: string,
  startTime: number,
  isThere: boolean,
  pipeline: RunPipeline,
): Promise<void> {
  const age = Date.now() - startTime;
  if (!isThere && age > STALE_MS) return pipeline.add({ gaps: [gap(STALE)] });
  const { code, gaps, warnings } = await snapshotCode(store.root, store.folder);
  const late = age > LATE_MS ? [gap(lateMessage(age))] : [];
  store.setCode(id, code, [...gaps, ...late, ...changedScript(store, id, startTime)], warnings);
}

/** The script is read at the start and its code taken a moment later: who saved it between the two is told. */
function changedScript(store: Store, id: string, startTime: number): Gap[] {
  const script = store.getRunHead(id)?.script;
  if (!script) return [];
  const changed = statSync(resolve(store.root, script), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed <= startTime) return [];
  const message = `${script} was changed after the run had begun, so what is kept of it may not be what ran.`;
  return [{ kind: "changed-while-hashing", path: script, message }];
}

/** Reads what the run leaves while its process lives. */
async function follow(
  store: Store,
  id: string,
  target: ProcessIdentity,
  pipeline: RunPipeline,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  pipeline.save();
  const sampler = startSampler(target.pid, { ...process.env, ...env }, (points) =>
    pipeline.add({ points: [{ source: "system", points }] }),
  );
  const places = [store.logPath(id), spoolFolder(store.runFolder(id))];
  // What cannot be stored now is tried again, and thrown at the end.
  const pacer = startPacer(pipeline, places, () => {});
  await untilGone(target);
  // Others that were started with it may take longer.
  for (const { start } of readAllAnnounced(store.runFolder(id))) {
    const other = announcedProcess(start.pid, start.t);
    if (other) await untilGone(other);
  }
  sampler.stop();
  await pacer.stop();
}

/** Who looks on hears of the end a moment after us. */
async function untilAllTold(runFolder: string, patience: number): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await wait(POLL_MS)) {
    const { watching, by, done } = readTold(runFolder);
    if (watching === undefined || done || (by !== undefined && !isAlive(processIdentity(by)))) return;
  }
}

function gap(message: string): Gap {
  return { kind: "other", message };
}

const STALE =
  "Nobody was there to take the run's code while it ran: it was found later, when the files may long have been others.";

function lateMessage(age: number): string {
  return `The run had gone on for ${Math.round(age / 1_000)} s when it was noticed and its code taken: files may have changed since its start.`;
}

/** Looks after the runs that announce themselves: each gets a recorder of its own, which outlives the window. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type FSWatcher, watch } from "chokidar";
import type * as vscode from "vscode";
import { isRunId } from "../../domain/runId";
import {
  type AdoptedStart,
  announcedAt,
  isAnnounced,
  prepareAdoption,
  readAnnounced,
} from "../../recorder/adopt/announcements";
import { storeFolder } from "../../store/locate";
import type { Log } from "../log";
import { recorderEnvironment } from "../run/recorderTask";
import type { Project } from "../stores/projects";
import { deferred } from "./deferred";
import { listWaiting } from "./waiting";

/** A run that has just begun. */
export interface AnnouncedRun {
  id: string;
  start: AdoptedStart;
  /** The folder of its log. */
  folder: string;
}

/** A project whose runs are adopted. */
interface Place {
  root: string;
  /** Where its runs are written, which is not where they are read while the project's own store is read-only. */
  store: string;
}

/** Who may have seen a run begin. */
export interface Witness {
  /** Null when it is none of theirs; else who started it. What they see from now on they tell its recorder. */
  claim(run: AnnouncedRun): Promise<string | null>;
}

export interface Adopters extends vscode.Disposable {
  /** Adopts the runs of this project from now on, and those that wait; gives the folder where they announce themselves. */
  watch(project: Project): Promise<string>;
}

/** A recorder that was killed is replaced so many times. */
const TRIES = 3;
const PAUSE_MS = 2_000;
/** Where file events do not arrive (network disks, some containers), runs are noticed this late. */
const POLL_MS = 3_000;
/** A run that waits for longer was announced while no window was open. */
const OLD_MS = 30_000;
const BACKLOG_MS = 3_000;

export interface AdoptersOptions {
  distFolder: string;
  witnesses: readonly Witness[];
  log: Log;
}

export function createAdopters({ distFolder, witnesses, log }: AdoptersOptions): Adopters {
  const watched = new Map<string, { adopt: string; watcher: FSWatcher; timer: NodeJS.Timeout }>();
  const known = new Set<string>();
  let disposed = false;
  /** Runs that have waited for long are taken up one after the other. */
  let backlog: Promise<unknown> = Promise.resolve();

  /** Resolves when its recorder has ended. */
  async function adopt(place: Place, id: string): Promise<void> {
    const folder = path.join(place.store, "runs", id);
    const announced = readAnnounced(folder);
    const source = announced && (await ask({ id, start: announced.start, folder }));
    if (announced) log.channel.info(`Recording in ${place.root}: ${JSON.stringify(announced.start.adopt.command)}`);
    await record(place, id, source, TRIES);
  }

  async function ask(run: AnnouncedRun): Promise<string | null> {
    for (const witness of witnesses) {
      const source = await witness.claim(run).catch((error) => log.error("look at what was started", error));
      if (source) return source;
    }
    return null;
  }

  async function record(place: Place, id: string, source: string | null, tries: number): Promise<void> {
    const child = startRecorder(distFolder, place.root, id, source);
    const { promise, resolve } = deferred<string | null>();
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code === 0 ? null : String(signal ?? code)));
    const fault = await promise;
    if (fault === null || disposed || tries <= 1 || !isAnnounced(place.store, id)) return;
    log.channel.warn(`The recorder of run ${id} ended (${fault}); another takes its place.`);
    await wait(PAUSE_MS);
    if (!disposed) await record(place, id, source, tries - 1);
  }

  async function lookAt(place: Place): Promise<void> {
    for (const id of await listWaiting(place.store)) {
      if (disposed || known.has(id)) continue;
      known.add(id);
      const isOld = Date.now() - (announcedAt(place.store, id) ?? 0) > OLD_MS;
      const before = isOld ? backlog : Promise.resolve();
      const adopting = before
        .then(() => adopt(place, id))
        .catch((error) => log.error("record a run that was started elsewhere", error));
      // One that still goes on does not keep the others waiting.
      if (isOld) backlog = Promise.race([adopting, before.then(() => wait(BACKLOG_MS))]);
    }
  }

  return {
    async watch(project) {
      const already = watched.get(project.root);
      if (already) return already.adopt;
      const place: Place = { root: project.root, store: storeFolder(project.root).folder };
      const folder = prepareAdoption(place.store);
      const watcher = watch(folder, { depth: 0, ignoreInitial: true });
      watcher.on("add", (file) => isRunId(path.basename(file)) && void lookAt(place));
      watcher.on("error", (error) => log.error("watch for runs", error));
      watched.set(project.root, { adopt: folder, watcher, timer: setInterval(() => void lookAt(place), POLL_MS) });
      await new Promise<void>((resolve) => watcher.once("ready", resolve));
      void lookAt(place);
      return folder;
    },
    dispose() {
      disposed = true;
      for (const { watcher, timer } of watched.values()) {
        clearInterval(timer);
        void watcher.close();
      }
    },
  };
}

/** `modeltrail adopt ID`, which goes on without the window. */
function startRecorder(distFolder: string, root: string, id: string, source: string | null): ChildProcess {
  const words = [path.join(distFolder, "cli.js"), "adopt", id, ...(source ? [`--source=${source}`] : [])];
  const env = { ...process.env, ...recorderEnvironment() };
  const child = spawn(process.execPath, words, { cwd: root, env, detached: true, stdio: "ignore", windowsHide: true });
  child.unref();
  return child;
}

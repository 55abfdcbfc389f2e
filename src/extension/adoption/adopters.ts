/** Looks after the runs that announce themselves: each gets a recorder of its own, which outlives the window. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type * as vscode from "vscode";
import { isRunId } from "../../domain/runId";
import {
  type AdoptedStart,
  isAnnounced,
  listAnnounced,
  prepareAdoption,
  readAnnounced,
} from "../../recorder/adopt/announcements";
import type { Log } from "../log";
import { recorderEnvironment } from "../run/recorderTask";
import type { Project } from "../stores/projects";

/** A run that has just begun. */
export interface AnnouncedRun {
  id: string;
  project: Project;
  start: AdoptedStart;
  /** The folder of its log. */
  folder: string;
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

export interface AdoptersOptions {
  distFolder: string;
  witnesses: readonly Witness[];
  log: Log;
}

export function createAdopters({ distFolder, witnesses, log }: AdoptersOptions): Adopters {
  const watched = new Map<string, { adopt: string; watcher: FSWatcher; timer: NodeJS.Timeout }>();
  const known = new Set<string>();
  let disposed = false;

  async function adopt(project: Project, id: string): Promise<void> {
    if (disposed || known.has(id)) return;
    known.add(id);
    const folder = path.join(project.folder, "runs", id);
    const announced = readAnnounced(folder);
    const run = announced && { id, project, start: announced.start, folder };
    const source = run ? await ask(run) : null;
    if (run) log.channel.info(`Recording in ${project.root}: ${JSON.stringify(run.start.adopt.command)}`);
    start(project, id, source, TRIES);
  }

  async function ask(run: AnnouncedRun): Promise<string | null> {
    for (const witness of witnesses) {
      const source = await witness.claim(run).catch((error) => log.error("look at what was started", error));
      if (source) return source;
    }
    return null;
  }

  function start(project: Project, id: string, source: string | null, tries: number): void {
    const child = startRecorder(distFolder, project.root, id, source);
    child.on("error", (error) => log.error("start a recorder", error));
    child.on("exit", (code, signal) => {
      if (code === 0 || disposed || tries <= 1 || !isAnnounced(project.folder, id)) return;
      log.channel.warn(`The recorder of run ${id} ended with ${signal ?? code}; another takes its place.`);
      setTimeout(() => !disposed && start(project, id, source, tries - 1), PAUSE_MS);
    });
  }

  function lookAt(project: Project): void {
    for (const id of listAnnounced(project.folder)) {
      adopt(project, id).catch((error) => log.error("record a run that was started elsewhere", error));
    }
  }

  return {
    async watch(project) {
      const already = watched.get(project.root);
      if (already) return already.adopt;
      const folder = prepareAdoption(project.folder);
      const watcher = watch(folder, { depth: 0, ignoreInitial: true });
      watcher.on("add", (file) => isRunId(path.basename(file)) && lookAt(project));
      watcher.on("error", (error) => log.error("watch for runs", error));
      watched.set(project.root, { adopt: folder, watcher, timer: setInterval(() => lookAt(project), POLL_MS) });
      await new Promise<void>((resolve) => watcher.once("ready", resolve));
      lookAt(project);
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

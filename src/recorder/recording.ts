/** A run's record, from before its command starts until after it ended. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { JobLimits } from "../domain/job";
import { maskArguments } from "../domain/secrets";
import { type CodeSnapshot, snapshotCode } from "../snapshot/code";
import type { IngestBatch, RunEnd, Store } from "../store/contract";
import { locateRoot } from "../store/locate";
import { openStore } from "../store/open";
import { processIdentity } from "../store/process";
import { addToBatch } from "./batch";
import { describeCommand } from "./describe";
import { markFinishing, prepareEndNote, sayLost, writeEndNote } from "./endNote";
import { autologMode } from "./endpoint/autolog";
import { type Endpoint, startEndpoint } from "./endpoint/endpoint";
import { hasOwnServer } from "./endpoint/environment";
import { type LimitWatch, watchLimits } from "./limits";
import { startPacer } from "./pacer";
import { parentRun } from "./parentRun";
import type { CommandEnd, RunningCommand } from "./process/command";
import type { TracerEnvironment } from "./process/environment";
import type { RunPipeline } from "./runPipeline";
import { startSampler } from "./samples/sampler";
import { spoolFolder } from "./spoolFolder";
import { statusOf } from "./status";

export interface RecordingOptions {
  command: string[];
  cwd: string;
  /** The environment we were started with. */
  env: NodeJS.ProcessEnv;
  /** Default: after the script. */
  experiment?: string;
  /** Default: a memorable one. */
  name?: string;
  tags?: Record<string, string>;
  note?: string;
  /** Who asked for the run: "cli", "vscode", … */
  source: string;
  /** The job that it is the run of: see store/jobs/contract.ts. */
  job?: string;
  /** Default: the run within which we were started. */
  parent?: string;
  /** What the command may take; it is stopped at the first that it reaches. */
  limits?: JobLimits;
  /** What an hour of it costs. */
  costPerHour?: number;
  /** The code that the run works with was restored from this run into `root` and is not taken anew. */
  restored?: { run: string; root: string };
  /** The command is not given our environment, so that no client of it can find us. */
  unled?: boolean;
  /** Starts a process, apart from us, that finishes the run; gives its number. */
  startFinisher(root: string, id: string): number | undefined;
  /** Starts a process, apart from us, that takes our place if we are killed: see endpoint/understudy.ts. */
  startUnderstudy(root: string): ChildProcess | undefined;
}

export interface Recording {
  readonly id: string;
  readonly tracer: TracerEnvironment;
  readonly logPath: string;
  readonly store: Store;
  /** Joins what is stored next. */
  add(part: IngestBatch): void;
  /** Stores what was read or added so far; what cannot be stored now is tried again. */
  save(): void;
  warn(message: string): void;
  /** Takes the code as it is now. */
  takeCode(signal: AbortSignal): Promise<void>;
  /** The environment in which the command's MLflow client finds us, made of the command's own. */
  lead(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** The command runs: what it leaves is read from now on. Null: in a process that we do not know. */
  started(command: Pick<RunningCommand, "pid" | "fifos"> | null): void;
  /**
   * Everything that is left is read and the run is ended; metrics that would take long to read are left to a process apart.
   * `signal` cuts short what takes long.
   */
  end(end: CommandEnd, signal?: AbortSignal): Promise<void>;
  /** The run ends without its command having run. */
  endUnstarted(end: Omit<RunEnd, "endTime">): void;
}

/** So much of what was printed last we read ourselves, in some 50 ms; of more the terminal need not wait for the end. */
const MAX_BACKLOG = 1 << 20;
const MEBIBYTE = 1 << 20;

/**
 * Opens the store and begins a run in it. Throws UserError, or what the disk says, when there can be no record; so do the
 * methods that write.
 */
export function beginRecording(options: RecordingOptions): Recording {
  const { command, cwd, env } = options;
  const { root } = locateRoot(cwd, env);
  const store = openStore(root);
  const { script, experiment } = describeCommand(command, cwd, root);
  const startTime = Date.now();
  const id = store.createRun({
    experiment: options.experiment ?? experiment,
    name: options.name,
    tags: options.tags,
    note: options.note,
    source: options.source,
    command: maskArguments(command),
    cwd,
    script,
    parent: options.parent ?? parentRun(store, env),
    startTime,
    recorder: processIdentity(),
    job: options.job,
  });
  const runFolder = store.runFolder(id);
  const spool = spoolFolder(runFolder);
  mkdirSync(spool, { recursive: true });
  prepareEndNote(runFolder);

  const notes: IngestBatch = {};
  let pipeline: RunPipeline | undefined;
  let sampler: ReturnType<typeof startSampler> | undefined;
  let pacer: ReturnType<typeof startPacer> | undefined;
  let endpoint: Endpoint | null = null;
  let limiter: LimitWatch | undefined;
  let overLimit: string | undefined;
  const add = (part: IngestBatch) => (pipeline ? pipeline.add(part) : addToBatch(notes, part));
  const warn = (message: string) => add({ warnings: [message] });
  for (const notice of store.notices) warn(notice);

  /** Loaded while git is at work: the command is not to wait for it. */
  async function loadPipeline(): Promise<void> {
    const { createRunPipeline } = await import("./runPipeline");
    pipeline = await createRunPipeline(store, id, { env, codeRoot: options.restored?.root });
    pipeline.add(notes);
  }

  async function listen(): Promise<void> {
    // What the user sends to a server is not ours to take.
    if (options.unled || hasOwnServer(env)) return;
    endpoint = await startEndpoint({ store, id, warn, startUnderstudy: () => options.startUnderstudy(root) });
  }

  function watchOwnLimits(): LimitWatch | undefined {
    const { limits = {}, costPerHour } = options;
    if (Object.keys(limits).length === 0) return undefined;
    return watchLimits({
      limits,
      costPerHour,
      onOver(reason) {
        overLimit = reason;
        warn(reason);
        // Loaded when it is needed; what cannot be ended goes on, and is said to.
        void import("./stop")
          .then(({ stopRun }) => stopRun(store, id))
          .catch((error: Error) => warn(`${reason} It could not be ended: ${error.message}`));
      },
    });
  }

  function handOver(): void {
    markFinishing(runFolder);
    const pid = options.startFinisher(root, id);
    // Ours until then, so that nobody finds it without an owner. Without a finisher, the next reader finishes it.
    if (pid !== undefined) store.claimRun(id, processIdentity(), processIdentity(pid));
  }

  return {
    id,
    tracer: { runId: id, spool, root },
    logPath: store.logPath(id),
    store,
    add,
    save() {
      try {
        if (pipeline) pipeline.save();
        else store.ingest(id, notes);
      } catch {
        // It stays in the batch.
      }
    },
    warn,
    async takeCode(signal) {
      const { restored } = options;
      const [{ code, gaps, warnings }] = await Promise.all([
        restored ? restoredCode(store, restored.run) : snapshotCode(root, store.folder, { signal }),
        loadPipeline(),
        listen(),
      ]);
      store.setCode(id, code, gaps, warnings);
    },
    lead(commandEnv) {
      if (!endpoint) return commandEnv;
      const autolog = autologMode(pipeline?.autolog, env);
      return { ...endpoint.lead(commandEnv), ...(autolog ? { MODELTRAIL_AUTOLOG: autolog } : {}) };
    },
    started(running) {
      for (const { path, abandoned } of running?.fifos ?? []) endpoint?.printsTo(path, abandoned);
      if (running) {
        if (options.job) store.jobs.move(options.job, ["starting"], "running");
        add({ process: processIdentity(running.pid) });
        limiter = watchOwnLimits();
        sampler = startSampler(running.pid, env, (points) => {
          add({ points: [{ source: "system", points }] });
          const memory = points.find(({ key }) => key === "system/memory_mb");
          if (memory) limiter?.memory(memory.value * MEBIBYTE);
        });
      }
      // What cannot be stored now is tried again, and said when it cannot be stored at the end either.
      if (pipeline) pacer = startPacer(pipeline, [store.logPath(id), spool], () => {});
    },
    async end(end, signal) {
      const endTime = Date.now();
      const { exitCode, signal: killer, lostBytes } = end;
      writeEndNote(runFolder, { exitCode, signal: killer, endTime, lostBytes });
      sampler?.stop();
      limiter?.stop();
      await pacer?.stop();
      add(sayLost({ lostBytes }));
      const runEnd = { exitCode, signal: killer, status: statusOf(end), endTime, reason: overLimit };
      add({ gaps: await endpoint?.close() });
      endpoint?.endOwned(runEnd);
      const last = pipeline ? await pipeline.finish({ maxBytes: MAX_BACKLOG, signal }) : notes;
      if (last) store.endRun(id, runEnd, last);
      else handOver();
      await pipeline?.close();
      store.close();
    },
    endUnstarted(end) {
      void endpoint?.close();
      pipeline?.save();
      store.endRun(id, { ...end, endTime: Date.now() }, pipeline ? undefined : notes);
      store.close();
    },
  };
}

/** What was restored byte for byte need not be taken again, and so is found where the first run's is. */
function restoredCode(store: Store, run: string): CodeSnapshot {
  const head = store.getRunHead(store.resolveRun(run))!;
  return { code: head.snapshot.code, gaps: [], warnings: [] };
}

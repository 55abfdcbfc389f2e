/**
 * From what a run left on disk (log, spool, files) into the store, a batch at a time, each with the place that was read
 * up to. The same pipeline finishes a run whose recorder died: it goes on from that place.
 */

import { statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import * as z from "zod/mini";
import { createSources, type SourcesOptions } from "../ingest/sources";
import { createSpoolReader, type SpoolRecord } from "../ingest/spool";
import type { IngestBatch, Store } from "../store/contract";
import { addToBatch, countPoints, isEmptyBatch } from "./batch";
import { now } from "./clock";
import type { Listener } from "./listener";
import { spoolFolder } from "./spoolFolder";

/** A batch is stored when it holds so many points, or took so long to read: more would only take more memory. */
const FULL_POINTS = 20_000;
const FULL_MS = 500;
/** Points of a run that is otherwise silent may wait so long. */
const LONGEST_WAIT_MS = 5_000;
/** While the command runs, a look takes no longer than this: relaying its output comes first. */
const LOOK_MS = 10;

export interface Pipeline {
  /** Reads and stores some of what is new. True when the run was found to have done anything. Throws what the store throws; nothing is lost then. */
  pump(): Promise<boolean>;
  /**
   * The command is over: reads all that is left, stores all but the last part, and gives that for `endRun`. Undefined when
   * more than `maxBytes` of metrics are left to be read; everything else is stored then. `signal` cuts short what takes
   * long.
   */
  finish(options?: { maxBytes?: number; signal?: AbortSignal }): Promise<IngestBatch | undefined>;
  /** Joins the next batch. */
  add(part: IngestBatch): void;
  /** Stores what was read or added so far. */
  save(): void;
}

export interface PipelineOptions {
  store: Store;
  id: string;
  listeners: Listener[];
  /** Takes the content of files that the run logs into the store. */
  keepFiles: SourcesOptions["keepFiles"];
  /** The project's own rules for output lines. */
  rules?: SourcesOptions["rules"];
  /** Is given what to call for each file that the run wrote: files of metrics are among them. */
  onOffer(register: (path: string) => void): void;
  /** What the listeners hear in place of what the spool says; `final`: nothing comes after it. Default: the same. */
  translate?(events: SpoolRecord[], final: boolean): SpoolRecord[];
  /** What is stored in place of what was found. Default: the same. */
  asStored?(batch: IngestBatch): IngestBatch;
}

const Checkpoint = z.object({ sources: z.record(z.string(), z.unknown()) });

export function createPipeline(options: PipelineOptions): Pipeline {
  const { store, id, listeners, keepFiles, rules, onOffer, translate = (events) => events } = options;
  const asStored = options.asStored ?? ((found: IngestBatch) => found);
  const logPath = store.logPath(id);
  const checkpoints = Checkpoint.safeParse(store.checkpoint(id)).data?.sources;
  const spoolPath = spoolFolder(store.runFolder(id));
  const sources = createSources({
    logPath,
    storeFolder: store.folder,
    spoolFolder: spoolPath,
    keepFiles,
    rules,
    checkpoints,
  });
  onOffer((path) => {
    for (const source of sources) source.offer?.(path);
  });
  // Without a checkpoint: events say what is so, and may be heard twice.
  const spool = createSpoolReader(spoolPath);
  let batch: IngestBatch = {};
  let savedAt = 0;
  /** The store did not take the batch: it must get in before anything else is read. */
  let unsaved = false;
  let logSize = 0;
  let damaged = 0;

  /** True when there was any, or there may be more. */
  function hearSome(final: boolean): boolean {
    const heard = spool.read(final);
    damaged += heard.damaged;
    const events = translate(
      heard.events.sort((one, other) => one.t - other.t),
      final && !heard.more,
    );
    for (const listener of listeners) if (events.length > 0) listener.hear(events);
    return heard.more || events.length > 0;
  }

  function takeHeard(): void {
    for (const listener of listeners) addToBatch(batch, listener.take());
  }

  /** One slice of each source. True when something is left. */
  async function readSome(final: boolean): Promise<boolean> {
    let left = false;
    for (const source of sources) {
      // What depends on an earlier source, as the step of a final value on the output, waits until that is through.
      const { more, ...found } = await source.read(final && !left);
      addToBatch(batch, found);
      left ||= more;
    }
    return left;
  }

  /** Reads until nothing is left, the batch is full or the time is up. True when something is left. */
  async function readBatch(final: boolean, ms: number): Promise<boolean> {
    const start = now();
    for (;;) {
      const left = await readSome(final);
      if (!left || countPoints(batch) >= FULL_POINTS || now() - start >= ms) return left;
      await setImmediate();
    }
  }

  function checkpoint(): unknown {
    return { sources: Object.fromEntries(sources.map((source) => [source.id, source.checkpoint()])) };
  }

  /** True when it grew. */
  function noteLogSize(): boolean {
    const size = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0;
    if (size === logSize) return false;
    batch.logSize = size;
    logSize = size;
    return true;
  }

  function save(): void {
    if (isEmptyBatch(batch)) return;
    unsaved = true;
    store.ingest(id, { ...asStored(batch), checkpoint: checkpoint() });
    unsaved = false;
    batch = {};
    savedAt = now();
  }

  return {
    add: (part) => addToBatch(batch, part),
    save,
    async pump() {
      if (unsaved) save();
      const heard = hearSome(false);
      takeHeard();
      const unread = await readBatch(false, LOOK_MS);
      const printed = noteLogSize();
      const active = heard || printed || unread;
      // Samples alone are not worth a write each.
      const canWait = !active && Object.keys(batch).every((part) => part === "points");
      if (!canWait || now() - savedAt >= LONGEST_WAIT_MS) save();
      return active;
    },
    async finish({ maxBytes = Number.POSITIVE_INFINITY, signal } = {}) {
      save();
      while (hearSome(true)) {}
      for (const listener of listeners) await listener.finish(signal);
      takeHeard();
      noteLogSize();
      if (damaged > 0) addToBatch(batch, { warnings: [damagedSpool(damaged)] });
      if (sources.reduce((sum, source) => sum + (source.left?.() ?? 0), 0) > maxBytes) {
        save();
        return undefined;
      }
      while (await readBatch(true, FULL_MS)) save();
      return { ...asStored(batch), checkpoint: checkpoint() };
    },
  };
}

function damagedSpool(lines: number): string {
  return `${lines} of the tracer's notes could not be read, so files or parameters may be missing.`;
}

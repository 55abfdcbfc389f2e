/**
 * TensorBoard event files that were not seen when they were opened, as TensorFlow's own writer works in compiled code: looked for
 * now and then while the run goes on, where such files usually are, so that their curves are there before the end.
 */
import { dirname, join } from "node:path";
import type { SpoolRecord } from "../../ingest/spool";
import { fsPath } from "../../ingest/spoolPath";
import type { IngestBatch } from "../../store/contract";
import { now } from "../clock";
import type { Listener } from "../listener";
import { changeTime, list } from "./look";

const NAME = /\.tfevents\./;
/** Folders that scripts and libraries write event files to. */
const USUAL = ["logs", "log", "runs", "lightning_logs", "tb_logs", "tensorboard"];
const EVERY_MS = 2_000;
/** Of the time that passes, looking takes a hundredth at the most. */
const REST = 100;
const MOST_ENTRIES = 5_000;
const DEEPEST = 5;
const MOST_FOLDERS = 100;

export interface EventFilesOptions {
  cwd: string;
  /** Ms since the epoch by the disk's clock: older files are another run's. */
  since: number;
  /** Whether files may be written unseen at all. */
  mayMiss(): boolean;
  /** Whether another run goes on, whose files they may be. */
  hasCompany(): boolean;
  isClosed(folder: string): boolean;
  /** Is told of each once. */
  onFound(path: string): void;
}

/** Never tells of a file that was there before the run and was not written to. */
export function createEventFiles(options: EventFilesOptions): Listener {
  const folders = new Set(USUAL.map((name) => join(options.cwd, name)));
  const found = new Set<string>();
  let next = 0;

  function hearOne(event: SpoolRecord): void {
    if (event.e !== "open" || event.mode === "r" || !NAME.test(event.path)) return;
    found.add(event.path);
    if (folders.size < MOST_FOLDERS && typeof fsPath(event.path) === "string") folders.add(dirname(event.path));
  }

  function look(): void {
    let left = MOST_ENTRIES;
    const waiting = [...folders].map((path) => ({ path, depth: 0 }));
    for (const { path, depth } of waiting) {
      for (const entry of list(path)) {
        if (--left < 0) return;
        const inner = join(path, entry.name);
        if (entry.isDirectory()) {
          if (depth < DEEPEST && !options.isClosed(inner)) waiting.push({ path: inner, depth: depth + 1 });
        } else if (entry.isFile() && NAME.test(entry.name) && !found.has(inner) && changeTime(inner) >= options.since) {
          found.add(inner);
          options.onFound(inner);
        }
      }
    }
  }

  return {
    hear: (events) => events.forEach(hearOne),
    take(): IngestBatch {
      const start = now();
      if (start < next) return {};
      if (options.mayMiss() && !options.hasCompany()) look();
      next = now() + Math.max(EVERY_MS, REST * (now() - start));
      return {};
    },
    // What was written unseen is looked for everywhere then: see files.ts.
    async finish() {},
  };
}

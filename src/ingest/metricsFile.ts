/**
 * Metrics from JSON files that the run writes: `metrics.json`, `test_metrics.json`, `all_results.json`, and the history in Hugging
 * Face's `trainer_state.json`.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import * as z from "zod/mini";
import type { MetricPoint } from "../domain/run";
import { flattenNumbers, parseLooseJson } from "./numbers";
import type { Source, SourceRead } from "./source";
import { displayPath, fsPath } from "./spoolPath";
import { STEP_FIELDS, stepOf } from "./stepFields";

const ID = "metrics-file";
const NAME = /(?:^|[/\\._-])(?:metrics|results|scores)\.json$|(?:^|[/\\])trainer_state\.json$/i;
const MAX_BYTES = 1 << 20;
/** The state of a long training has some megabytes. */
const TRAINER_STATE = /(?:^|[/\\])trainer_state\.json$/i;
const MAX_STATE_BYTES = 16 << 20;
const MAX_FILES = 100;
const MAX_KEYS = 1_000;

const Place = z.object({
  /** Size, time and inode at the last look, and the content's hash: a file that is the same is not read twice. */
  stamp: z.string(),
  digest: z.string(),
  /** How often its metrics were taken. */
  reads: z.number(),
  warned: z.boolean(),
});
type Place = z.infer<typeof Place>;
const Checkpoint = z.object({ files: z.record(z.string(), Place) });

export interface MetricsFileOptions {
  /** The step of a metric's last value from another source: a final value belongs to the end of that curve. */
  lastStep?: (key: string) => number | undefined;
  checkpoint?: unknown;
}

/**
 * A reader of the metric files that are offered to it. The step is the file's own `step` or `epoch`, else the last one known
 * of the metric, else the count of times the file was written. Nested names are joined by "/".
 */
export function createMetricsFileReader({ lastStep, checkpoint }: MetricsFileOptions = {}): Source {
  const files = new Map<string, Place>(Object.entries(Checkpoint.safeParse(checkpoint).data?.files ?? {}));

  function readFile(path: string, place: Place, final: boolean): { points: MetricPoint[]; warning?: string } {
    const nothing = { points: [] };
    const found = look(path, place, final);
    if (found === undefined) return nothing;
    place.stamp = found.stamp;
    if (found.text === undefined) return warnOnce(path, place, "is larger than 1 MiB and was not read for metrics");
    const digest = createHash("sha256").update(found.text).digest("hex");
    if (digest === place.digest) return nothing;
    const value = parseLooseJson(found.text);
    // Half-written: the rest will change its stamp.
    if (value === undefined) return final ? warnOnce(path, place, "is not whole JSON and gave no metrics") : nothing;
    place.digest = digest;
    return { points: toPoints(value, found.time, place.reads++) };
  }

  function toPoints(value: unknown, time: number, reads: number): MetricPoint[] {
    const history = historyOf(value);
    if (history) return history.flatMap((entry) => toPoints(entry, time, reads));
    const numbers = flattenNumbers(value).slice(0, MAX_KEYS);
    const own = stepOf(numbers);
    return numbers
      .filter(([key]) => !STEP_FIELDS.includes(key))
      .map(([key, value]) => ({ key, value, step: own ?? lastStep?.(key) ?? reads, time }));
  }

  return {
    id: ID,
    offer(path) {
      if (!NAME.test(path) || files.has(path) || files.size >= MAX_FILES) return;
      files.set(path, { stamp: "", digest: "", reads: 0, warned: false });
    },
    read(final) {
      const result: SourceRead = { more: false };
      const points: MetricPoint[] = [];
      for (const [path, place] of files) {
        const found = readFile(path, place, final);
        points.push(...found.points);
        if (found.warning !== undefined) result.warnings = [...(result.warnings ?? []), found.warning];
      }
      if (points.length > 0) result.points = [{ source: ID, points }];
      return result;
    },
    checkpoint: () => ({ files: Object.fromEntries(files) }),
  };
}

/** What Hugging Face's Trainer has logged so far, when this is its state. */
function historyOf(value: unknown): unknown[] | undefined {
  const history = (value as { log_history?: unknown } | null)?.log_history;
  return Array.isArray(history) ? history : undefined;
}

/**
 * A file that changed since its last look, undefined when it did not or is not there; `text` undefined when it is too big.
 * At the end each is read whatever its stamp: two writes within the clock's tick can leave the same one.
 */
function look(path: string, place: Place, final: boolean): { stamp: string; time: number; text?: string } | undefined {
  try {
    const stat = statSync(fsPath(path), { bigint: true });
    const stamp = `${stat.size}/${stat.mtimeNs}/${stat.ino}`;
    if (!stat.isFile() || (stamp === place.stamp && !final)) return undefined;
    const time = Number(stat.mtimeNs / 1_000_000n);
    if (stat.size > (TRAINER_STATE.test(path) ? MAX_STATE_BYTES : MAX_BYTES)) return { stamp, time };
    return { stamp, time, text: readFileSync(fsPath(path), "utf8") };
  } catch {
    return undefined;
  }
}

function warnOnce(path: string, place: Place, what: string): { points: MetricPoint[]; warning?: string } {
  if (place.warned) return { points: [] };
  place.warned = true;
  return { points: [], warning: `${displayPath(path)} ${what}.` };
}

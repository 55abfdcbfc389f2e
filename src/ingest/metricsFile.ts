/**
 * Metrics from JSON files that the run writes: `metrics.json`, `test_metrics.json`, `all_results.json`, and the history in Hugging
 * Face's `trainer_state.json`.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** A file's first content when that says no step: it is given once the file changes, or the run is over. */
interface Held {
  digest: string;
  points: FilePoint[];
}

/** `guessed`: the file does not say the step. */
interface FilePoint {
  point: MetricPoint;
  guessed: boolean;
}

/**
 * A reader of the metric files that are offered to it. The step is the file's own `step` or `epoch`, else the last one known
 * of the metric, else the count of times the file was written. Nested names are joined by "/".
 *
 * Most files are written once, at the end, and then belong to the end of the curve. Which end that is must not depend on
 * whether we read the file or the last lines of the output first, or a run would not be the same twice.
 */
export function createMetricsFileReader({ lastStep, checkpoint }: MetricsFileOptions = {}): Source {
  const files = new Map<string, Place>(Object.entries(Checkpoint.safeParse(checkpoint).data?.files ?? {}));

  const held = new Map<string, Held>();

  /** What the file held before it went, or was broken off. */
  function giveHeld(path: string, place: Place): { points: FilePoint[] } {
    const { digest, points } = held.get(path) ?? { digest: place.digest, points: [] };
    held.delete(path);
    place.digest = digest;
    return { points };
  }

  function readFile(path: string, place: Place, final: boolean): { points: FilePoint[]; warning?: string } {
    const nothing = { points: [] };
    const found = look(path, place, final);
    if (found === undefined) return final ? giveHeld(path, place) : nothing;
    place.stamp = found.stamp;
    if (found.text === undefined) return warnOnce(path, place, "is larger than 1 MiB and was not read for metrics");
    const digest = createHash("sha256").update(found.text).digest("hex");
    const before = held.get(path);
    if (digest === place.digest || (digest === before?.digest && !final)) return nothing;
    const value = parseLooseJson(found.text);
    // Half-written: the rest will change its stamp.
    if (value === undefined) {
      return final
        ? { ...warnOnce(path, place, "is not whole JSON and gave no metrics"), ...giveHeld(path, place) }
        : nothing;
    }
    const isFirst = place.reads === 0 && !before;
    if (isFirst && !final && !saysStep(value)) {
      held.set(path, { digest, points: toPoints(path, value, found.time, 0) });
      return nothing;
    }
    held.delete(path);
    const earlier = before && before.digest !== digest ? before.points : [];
    if (earlier.length > 0) place.reads++;
    place.digest = digest;
    return { points: [...earlier, ...toPoints(path, value, found.time, place.reads++)] };
  }

  function toPoints(path: string, value: unknown, time: number, reads: number): FilePoint[] {
    const history = historyOf(value);
    if (history) return history.flatMap((entry) => toPoints(path, entry, time, reads));
    const numbers = flattenNumbers(value).slice(0, MAX_KEYS);
    const own = stepOf(numbers);
    return numbers
      .filter(([key]) => !STEP_FIELDS.includes(key) && !isPlotted(path, key))
      .map(([key, value]) => ({
        point: { key, value, step: own ?? lastStep?.(key) ?? reads, time },
        guessed: own === undefined,
      }));
  }

  return {
    id: ID,
    offer(path) {
      if (!NAME.test(path) || files.has(path) || files.size >= MAX_FILES) return;
      files.set(path, { stamp: "", digest: "", reads: 0, warned: false });
    },
    read(final) {
      const result: SourceRead = { more: false };
      const points: FilePoint[] = [];
      for (const [path, place] of files) {
        const found = readFile(path, place, final);
        points.push(...found.points);
        if (found.warning !== undefined) result.warnings = [...(result.warnings ?? []), found.warning];
      }
      const told = points.filter(({ guessed }) => !guessed).map(({ point }) => point);
      const guessed = points.filter(({ guessed }) => guessed).map(({ point }) => point);
      const groups = [
        { source: ID, points: told },
        { source: ID, points: guessed, guessedSteps: true },
      ].filter((group) => group.points.length > 0);
      if (groups.length > 0) result.points = groups;
      return result;
    },
    checkpoint: () => ({ files: Object.fromEntries(files) }),
  };
}

/** DVCLive also keeps the whole curve of a metric, in a table of its own beside its `metrics.json`. */
function isPlotted(file: string, key: string): boolean {
  return /[/\\]metrics\.json$/.test(file) && existsSync(join(dirname(file), "plots", "metrics", `${key}.tsv`));
}

function saysStep(value: unknown): boolean {
  return historyOf(value) !== undefined || stepOf(flattenNumbers(value).slice(0, MAX_KEYS)) !== undefined;
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

function warnOnce(path: string, place: Place, what: string): { points: []; warning?: string } {
  if (place.warned) return { points: [] };
  place.warned = true;
  return { points: [], warning: `${displayPath(path)} ${what}.` };
}

/**
 * Series of the metrics that charts show, whole or their outlines, kept for a while, so that a zoom reads nothing. Bounded: the
 * least lately used go first, and all go when no chart has asked for a minute.
 */
import type { Points } from "../../compare/buckets";
import { inOrderOfX } from "../../compare/curves";
import type { CurveAxis } from "../../domain/curve";
import type { Store } from "../../store/contract";

/** A hundred series of a hundred thousand points with a common x are half of it. */
const MOST_BYTES = 192e6;
const IDLE_MS = 60_000;
const AHEAD_MS = 50;
/** A series is about so many times as long as its outline. */
const OUTLINED = 16;

/** A run, as far as its series needs to know it. */
export interface SeriesRun {
  id: string;
  /** Times are told since then, on the axis "relative". */
  startTime: number;
}

type Kind = "whole" | "outline";

interface Entry {
  stamp: string;
  points: Points;
}

export class SeriesCache {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private idle: NodeJS.Timeout | undefined;
  /** Runs of a sweep mostly have the same steps: then they share them. */
  private lastX: Float64Array = new Float64Array(0);

  /** Null when the run has no such metric, or there is no such run any more. The points belong to the cache. */
  get(store: Store, run: SeriesRun, key: string, axis: CurveAxis): Points | null {
    return this.kept("whole", store, run, key, axis, () => this.read(store, run, key, axis));
  }

  /** Some points of a long series, see `Store.metricOutline`; null also where it is not long. */
  outline(store: Store, run: SeriesRun, key: string, axis: CurveAxis): Points | null {
    return this.kept("outline", store, run, key, axis, () => {
      const columns = store.metricOutline(run.id, key, axis === "step" ? "steps" : "times");
      return columns && onAxis(columns, run, axis);
    });
  }

  /**
   * Reads the whole of outlined series, which are likely to be asked for next, one at a time, when there has been nothing else
   * to do for a moment. Does nothing when there is no room for all of them.
   */
  readAhead(store: Store, runs: readonly SeriesRun[], key: string, axis: CurveAxis): void {
    this.stopReadingAhead();
    const outlines = runs.map(({ id }) => this.entries.get(nameOf("outline", store, id, axis, key)));
    const bytes = outlines.reduce((sum, entry) => sum + (entry ? sizeOf(entry) * OUTLINED : 0), 0);
    if (bytes > MOST_BYTES) return;
    let at = 0;
    const next = () => {
      const run = runs[at++];
      if (!run) return;
      try {
        this.get(store, run, key, axis);
      } catch {
        // The store was closed, or the run freed: whoever asks for it will be told.
        return;
      }
      const immediate = setImmediate(next);
      this.stopReadingAhead = () => clearImmediate(immediate);
    };
    // What was just worked out has to come to the page first.
    const timer = setTimeout(next, AHEAD_MS);
    timer.unref();
    this.stopReadingAhead = () => clearTimeout(timer);
  }

  /** To be called before something is worked out that somebody waits for. */
  stopReadingAhead: () => void = () => {};

  private kept(
    kind: Kind,
    store: Store,
    run: SeriesRun,
    key: string,
    axis: CurveAxis,
    read: () => Points | null,
  ): Points | null {
    this.rest();
    const name = nameOf(kind, store, run.id, axis, key);
    const stamp = store.metricStamp(run.id, key);
    const known = this.entries.get(name);
    if (known && known.stamp === stamp) {
      this.entries.delete(name);
      this.entries.set(name, known);
      return known.points;
    }
    if (known) this.forget(name, known);
    const points = stamp === null ? null : read();
    if (points && stamp !== null) this.keep(name, { stamp, points });
    return points;
  }

  clear(): void {
    clearTimeout(this.idle);
    this.stopReadingAhead();
    this.entries.clear();
    this.lastX = new Float64Array(0);
    this.bytes = 0;
  }

  private read(store: Store, run: SeriesRun, key: string, axis: CurveAxis): Points | null {
    const columns = store.metricAxis(run.id, key, axis === "step" ? "steps" : "times");
    if (!columns) return null;
    const { x, y } = onAxis(columns, run, axis);
    if (!isEqual(x, this.lastX)) this.lastX = x;
    return { x: this.lastX, y };
  }

  private keep(name: string, entry: Entry): void {
    this.entries.set(name, entry);
    this.bytes += sizeOf(entry);
    for (const [oldest, { points }] of this.entries) {
      if (this.bytes <= MOST_BYTES || oldest === name) break;
      this.forget(oldest, { points });
    }
  }

  private forget(name: string, entry: Pick<Entry, "points">): void {
    this.entries.delete(name);
    this.bytes -= sizeOf(entry);
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.clear(), IDLE_MS);
    this.idle.unref();
  }
}

const nameOf = (kind: Kind, { folder }: Store, id: string, axis: CurveAxis, key: string) =>
  [kind, folder, id, axis, key].join("\n");

/** Steps are in their order, times need not be. */
function onAxis(columns: Points, { startTime }: SeriesRun, axis: CurveAxis): Points {
  if (axis === "step") return columns;
  if (axis === "relative") for (let at = 0; at < columns.x.length; at++) columns.x[at]! -= startTime;
  return inOrderOfX(columns);
}

/** x may be shared, so this is the most that it can be. */
const sizeOf = ({ points }: Pick<Entry, "points">) => points.x.byteLength + points.y.byteLength;

function isEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

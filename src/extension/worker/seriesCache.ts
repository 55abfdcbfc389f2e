/**
 * Whole series of the metrics that charts show, kept for a while, so that a zoom reads nothing. Bounded: the least lately used
 * go first, and all go when no chart has asked for a minute.
 */
import type { Points } from "../../compare/buckets";
import { inOrderOfX } from "../../compare/curves";
import type { CurveAxis } from "../../domain/curve";
import type { Store } from "../../store/contract";

/** A hundred series of a hundred thousand points with a common x are half of it. */
const MOST_BYTES = 192e6;
const IDLE_MS = 60_000;

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
  get(store: Store, run: { id: string; startTime: number }, key: string, axis: CurveAxis): Points | null {
    this.rest();
    const name = [store.folder, run.id, axis, key].join("\n");
    const stamp = store.metricStamp(run.id, key);
    const known = this.entries.get(name);
    if (known && known.stamp === stamp) {
      this.entries.delete(name);
      this.entries.set(name, known);
      return known.points;
    }
    if (known) this.forget(name, known);
    const points = stamp === null ? null : this.read(store, run, key, axis);
    if (points && stamp !== null) this.keep(name, { stamp, points });
    return points;
  }

  clear(): void {
    clearTimeout(this.idle);
    this.entries.clear();
    this.lastX = new Float64Array(0);
    this.bytes = 0;
  }

  private read(store: Store, run: { id: string; startTime: number }, key: string, axis: CurveAxis): Points | null {
    const columns = store.metricAxis(run.id, key, axis === "step" ? "steps" : "times");
    if (!columns) return null;
    if (axis === "relative") for (let at = 0; at < columns.x.length; at++) columns.x[at]! -= run.startTime;
    const { x, y } = inOrderOfX(columns);
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

/** x may be shared, so this is the most that it can be. */
const sizeOf = ({ points }: Pick<Entry, "points">) => points.x.byteLength + points.y.byteLength;

function isEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

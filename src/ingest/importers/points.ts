/** Gathers points of many metrics, in whatever order they come. */
import { concatColumns, dropRepeats, sortColumns } from "../../store/columns";
import type { ImportedSeries } from "../../store/contract";

const FIRST = 64;

interface Growing {
  count: number;
  columns: Float64Array[];
}

export class PointGatherer {
  readonly #series = new Map<string, Growing>();

  /** `time` in ms since the epoch. A point without a finite step or time cannot be placed; false is given for it. */
  add(key: string, step: number, time: number, value: number): boolean {
    if (!Number.isFinite(step) || !Number.isFinite(time)) return false;
    const series = this.#series.get(key) ?? { count: 0, columns: [0, 1, 2].map(() => new Float64Array(FIRST)) };
    this.#series.set(key, series);
    if (series.count === series.columns[0]!.length) series.columns = series.columns.map(twice);
    const point = [step, time, value];
    for (const [at, column] of series.columns.entries()) column[series.count] = point[at]!;
    series.count++;
    return true;
  }

  /** Each metric once, in step order; points that were given twice are in it once. */
  series(source: string): ImportedSeries[] {
    return [...this.#series].map(([key, { count, columns }]) => {
      const [steps, times, values] = columns.map((column) => column.subarray(0, count)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      return { key, sources: [source], ...dropRepeats(sortColumns(concatColumns([{ steps, times, values }]))) };
    });
  }

  /** The time of the first point; null when there is none. */
  firstTime(): number | null {
    return this.#time(Math.min);
  }

  /** The time of the last point; null when there is none. */
  lastTime(): number | null {
    return this.#time(Math.max);
  }

  #time(choose: (a: number, b: number) => number): number | null {
    let found: number | null = null;
    for (const { count, columns } of this.#series.values()) {
      for (let i = 0; i < count; i++) found = choose(found ?? columns[1]![i]!, columns[1]![i]!);
    }
    return found;
  }
}

function twice(column: Float64Array): Float64Array {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

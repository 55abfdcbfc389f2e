/** From values to pixels and back, on linear and logarithmic axes. Values may lie anywhere between -1e308 and 1e308. */

export interface Scale {
  from: number;
  to: number;
  /** Pixels of `from` and of `to`; a y axis has the greater one first. */
  start: number;
  end: number;
  log: boolean;
}

/** Pixel of a value; NaN of one that the axis does not have (zero and less on a log axis). */
export function place({ from, to, start, end, log }: Scale, value: number): number {
  if (log) return start + ((end - start) * (Math.log(value) - Math.log(from))) / (Math.log(to) - Math.log(from));
  // Halved, because the difference of very great values would be infinite.
  return start + ((value / 2 - from / 2) / (to / 2 - from / 2)) * (end - start);
}

export function valueAt({ from, to, start, end, log }: Scale, pixel: number): number {
  const share = (pixel - start) / (end - start);
  if (log) return Math.exp(Math.log(from) * (1 - share) + Math.log(to) * share);
  return from * (1 - share) + to * share;
}

export interface Range {
  from: number;
  to: number;
}

/** The least and the greatest finite value (on a log axis: above zero) of some columns; null when there is none. */
export function rangeOf(columns: Iterable<ArrayLike<number>>, log: boolean): Range | null {
  let from = Infinity;
  let to = -Infinity;
  for (const column of columns) {
    for (let at = 0; at < column.length; at++) {
      const value = column[at]!;
      if (value - value !== 0 || (log && value <= 0)) continue;
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  return from <= to ? { from, to } : null;
}

/** With room at both ends, and around a single value. `share`: of the whole, at each end. */
export function padded({ from, to }: Range, log: boolean, share = 0.05): Range {
  if (log) {
    const room = from === to ? 2 : Math.exp((Math.log(to) - Math.log(from)) * share);
    return { from: Math.max(from / room, Number.MIN_VALUE), to: Math.min(to * room, Number.MAX_VALUE) };
  }
  const room = from === to ? Math.abs(from) * 0.1 || 1 : (to / 2 - from / 2) * 2 * share;
  const limit = (value: number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
  return { from: limit(from - limit(room)), to: limit(to + limit(room)) };
}

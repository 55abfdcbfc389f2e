/**
 * Points of one series as columns, and their packed form: three columns of 64-bit floats, steps then times (ms since the
 * epoch) then values, in the byte order of every machine that VS Code runs on (little-endian). Bits of NaN and of
 * infinities are kept.
 */

export interface Columns {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
}

/** Columns for `count` points, all zero. */
export function makeColumns(count: number): Columns {
  return { steps: new Float64Array(count), times: new Float64Array(count), values: new Float64Array(count) };
}

export function packColumns({ steps, times, values }: Columns): Uint8Array {
  const packed = new Float64Array(steps.length * 3);
  packed.set(steps);
  packed.set(times, steps.length);
  packed.set(values, steps.length * 2);
  return new Uint8Array(packed.buffer);
}

export function unpackColumns(bytes: Uint8Array): Columns {
  // A view of floats must begin at a multiple of eight.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const all = new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
  const count = all.length / 3;
  return { steps: all.subarray(0, count), times: all.subarray(count, count * 2), values: all.subarray(count * 2) };
}

/** Points `from` up to, not including, `to`, as a view. */
export function sliceColumns({ steps, times, values }: Columns, from: number, to: number): Columns {
  return { steps: steps.subarray(from, to), times: times.subarray(from, to), values: values.subarray(from, to) };
}

/** Pieces of at most `size` points, as views. */
export function splitColumns(columns: Columns, size: number): Columns[] {
  if (columns.steps.length <= size) return [columns];
  const pieces: Columns[] = [];
  for (let from = 0; from < columns.steps.length; from += size) pieces.push(sliceColumns(columns, from, from + size));
  return pieces;
}

export function concatColumns(parts: Columns[]): Columns {
  if (parts.length === 1) return parts[0]!;
  const all = makeColumns(parts.reduce((sum, part) => sum + part.steps.length, 0));
  let at = 0;
  for (const part of parts) {
    all.steps.set(part.steps, at);
    all.times.set(part.times, at);
    all.values.set(part.values, at);
    at += part.steps.length;
  }
  return all;
}

/** The points whose index passes. */
export function filterColumns(columns: Columns, keep: (index: number) => boolean): Columns {
  const indexes: number[] = [];
  for (let i = 0; i < columns.steps.length; i++) if (keep(i)) indexes.push(i);
  return indexes.length === columns.steps.length ? columns : pick(columns, indexes);
}

/** In step order; points of one step stay in the order they came in. */
export function sortColumns(columns: Columns): Columns {
  const { steps } = columns;
  let sorted = true;
  for (let i = 1; i < steps.length && sorted; i++) sorted = steps[i - 1]! <= steps[i]!;
  if (sorted) return columns;
  const order = Uint32Array.from(steps, (_, index) => index);
  order.sort((a, b) => steps[a]! - steps[b]! || a - b);
  return pick(columns, order);
}

/** Without the points that repeat another in step, time and value: a client that sent them again. `columns` is sorted. */
export function dropRepeats(columns: Columns): Columns {
  const { steps, times, values } = columns;
  if (steps.length < 2) return columns;
  let seen: Set<string> | null = null;
  return filterColumns(columns, (i) => {
    const point = `${times[i]} ${values[i]}`;
    if (i > 0 && steps[i - 1] === steps[i]) {
      seen ??= new Set([`${times[i - 1]} ${values[i - 1]}`]);
      const before = seen.size;
      return seen.add(point).size > before;
    }
    seen = null;
    return true;
  });
}

/** Index of the first of the ascending `steps` that is not below `step`. */
export function lowerBound(steps: Float64Array, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first of the ascending `steps` that is above `step`. */
export function upperBound(steps: Float64Array, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pick(columns: Columns, indexes: ArrayLike<number>): Columns {
  const picked = makeColumns(indexes.length);
  for (let i = 0; i < indexes.length; i++) {
    const from = indexes[i]!;
    picked.steps[i] = columns.steps[from]!;
    picked.times[i] = columns.times[from]!;
    picked.values[i] = columns.values[from]!;
  }
  return picked;
}

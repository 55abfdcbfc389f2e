/**
 * The curves of a chart on their way to a page: all their numbers in two arrays. VS Code counts the arrays of a message in one
 * byte, so that of three hundred only forty-four would arrive, without a word.
 */
import * as z from "zod";
import type { CurveSet, GroupCurve, Trace } from "../domain/curve";

const Extent = z.object({ from: z.number(), to: z.number() });
const Count = z.number().int().min(0);

/**
 * `doubles` has for each curve its x (none when it is of buckets), y (when it is not in `floats`) and smoothed values, then for
 * each group its mean, low and high. `floats` has the y of curves that lose nothing that could be seen by it: half as much is
 * sent, which takes most of the time of a zoom. `words` has the slots of each curve of buckets, unless they follow each other
 * from `from` on, then the numbers of runs of each group.
 */
export const PackedCurves = z.object({
  grid: Extent.extend({ buckets: Count, log: z.boolean() }).nullable(),
  extent: Extent.nullable(),
  curves: z.array(
    z.object({
      run: z.string(),
      x: Count,
      y: Count,
      /** Its y is in `floats`; these are exact, and take the places of what they became there. */
      ends: Extent.nullable(),
      smooth: Count.nullable(),
      slots: Count.nullable(),
      from: Count.nullable(),
    }),
  ),
  groups: z.array(z.object({ group: Count, buckets: Count })),
  doubles: z.custom<Float64Array>((value) => value instanceof Float64Array),
  floats: z.custom<Float32Array>((value) => value instanceof Float32Array),
  words: z.custom<Uint16Array>((value) => value instanceof Uint16Array),
});
export type PackedCurves = z.infer<typeof PackedCurves>;

export function packCurves({ grid, extent, curves, groups }: CurveSet): PackedCurves {
  const told = curves.map(({ y, slots }) => ({ ends: endsInFloats(y), from: slots && firstInRow(slots) }));
  const doubles = [
    ...curves.flatMap(({ x, y, smooth }, at) => [x, ...(told[at]!.ends ? [] : [y]), ...(smooth ? [smooth] : [])]),
    ...groups.flatMap(({ mean, low, high }) => [mean, low, high]),
  ];
  const floats = curves.flatMap(({ y }, at) => (told[at]!.ends ? y : []));
  const words = [
    ...curves.flatMap(({ slots }, at) => (slots && told[at]!.from === null ? slots : [])),
    ...groups.map(({ runs }) => runs),
  ];
  return {
    grid,
    extent,
    curves: curves.map(({ run, x, y, smooth, slots }, at) => {
      const lengths = { x: x.length, y: y.length, smooth: smooth?.length ?? null, slots: slots?.length ?? null };
      return { run, ...lengths, ...told[at]! };
    }),
    groups: groups.map(({ group, mean }) => ({ group, buckets: mean.length })),
    doubles: joined(doubles, new Float64Array(lengthOf(doubles))),
    floats: joined(floats, new Float32Array(lengthOf(floats))),
    words: joined(words, new Uint16Array(lengthOf(words))),
  };
}

/**
 * The least and the greatest value, when floats tell the others so well that nobody sees a difference; else null. Whole numbers
 * are read off to the last digit, and what is smaller than any normal float would have few digits left.
 */
function endsInFloats(y: Float64Array): z.infer<typeof Extent> | null {
  let [low, high, error] = [Infinity, -Infinity, 0];
  for (const value of y) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    const float = Math.fround(value);
    if (float !== value && (Number.isInteger(value) || Math.abs(value) < LEAST_FLOAT)) return null;
    error = Math.max(error, Math.abs(float - value));
  }
  return low <= high && error <= (high / 2 - low / 2) * VISIBLE ? { from: low, to: high } : null;
}

/** As a share of what the values span: a hundredth of a pixel on a high screen. */
const VISIBLE = 1e-5;
const LEAST_FLOAT = 2 ** -126;

/** The first of slots that follow each other without a gap; null for others. */
const firstInRow = (slots: Uint16Array): number | null =>
  slots.length > 0 && slots.at(-1)! - slots[0]! === slots.length - 1 ? slots[0]! : null;

const lengthOf = (parts: readonly ArrayLike<number>[]) => parts.reduce((sum, part) => sum + part.length, 0);

function joined<T extends Float64Array | Float32Array | Uint16Array>(parts: readonly ArrayLike<number>[], all: T): T {
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Most curves are views of what was sent. Throws when the arrays are not as long as they are said to be. */
export function unpackCurves({ grid, extent, curves, groups, doubles, floats, words }: PackedCurves): CurveSet {
  const nextDoubles = cutter(doubles);
  const nextFloats = cutter(floats);
  const nextWords = cutter(words);
  return {
    grid,
    extent,
    curves: curves.map(({ run, x, y, ends, smooth, slots, from }): { run: string } & Trace => ({
      run,
      x: nextDoubles(x),
      y: ends ? fromFloats(nextFloats(y), ends) : nextDoubles(y),
      smooth: smooth === null ? null : nextDoubles(smooth),
      slots: slots === null ? null : from === null ? nextWords(slots) : rowOf(from, slots),
    })),
    groups: groups.map(({ group, buckets }): { group: number } & GroupCurve => ({
      group,
      mean: nextDoubles(buckets),
      low: nextDoubles(buckets),
      high: nextDoubles(buckets),
      runs: nextWords(buckets),
    })),
  };
}

function fromFloats(values: Float32Array, { from, to }: z.infer<typeof Extent>): Float64Array {
  const [low, high] = [Math.fround(from), Math.fround(to)];
  return Float64Array.from(values, (value) => (value === high ? to : value === low ? from : value));
}

const rowOf = (from: number, count: number) => Uint16Array.from({ length: count }, (_, at) => from + at);

function cutter<T extends Float64Array | Float32Array | Uint16Array>(all: T): (count: number) => T {
  let at = 0;
  return (count) => {
    if (at + count > all.length) throw new Error("Curves arrived cut off.");
    at += count;
    return all.subarray(at - count, at) as T;
  };
}

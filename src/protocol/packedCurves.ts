/**
 * The curves of a chart on their way to a page: all their numbers in two arrays. VS Code counts the arrays of a message in one
 * byte, so that of three hundred only forty-four would arrive, without a word.
 */
import * as z from "zod";
import type { CurveSet, GroupCurve, Trace } from "../domain/curve";

const Extent = z.object({ from: z.number(), to: z.number() });
const Count = z.number().int().min(0);

/**
 * `doubles` has for each curve its x (none when it is of buckets), y and smoothed values, then for each group its mean, low and
 * high. `words` has the slots of each curve of buckets, then the numbers of runs of each group.
 */
export const PackedCurves = z.object({
  grid: Extent.extend({ buckets: Count, log: z.boolean() }).nullable(),
  extent: Extent.nullable(),
  curves: z.array(z.object({ run: z.string(), x: Count, y: Count, smooth: Count.nullable(), slots: Count.nullable() })),
  groups: z.array(z.object({ group: Count, buckets: Count })),
  doubles: z.custom<Float64Array>((value) => value instanceof Float64Array),
  words: z.custom<Uint16Array>((value) => value instanceof Uint16Array),
});
export type PackedCurves = z.infer<typeof PackedCurves>;

export function packCurves({ grid, extent, curves, groups }: CurveSet): PackedCurves {
  const doubles = [
    ...curves.flatMap(({ x, y, smooth }) => (smooth ? [x, y, smooth] : [x, y])),
    ...groups.flatMap(({ mean, low, high }) => [mean, low, high]),
  ];
  const words = [...curves.flatMap(({ slots }) => slots ?? []), ...groups.map(({ runs }) => runs)];
  return {
    grid,
    extent,
    curves: curves.map(({ run, x, y, smooth, slots }) => {
      return { run, x: x.length, y: y.length, smooth: smooth?.length ?? null, slots: slots?.length ?? null };
    }),
    groups: groups.map(({ group, mean }) => ({ group, buckets: mean.length })),
    doubles: joined(doubles, new Float64Array(lengthOf(doubles))),
    words: joined(words, new Uint16Array(lengthOf(words))),
  };
}

const lengthOf = (parts: readonly ArrayLike<number>[]) => parts.reduce((sum, part) => sum + part.length, 0);

function joined<T extends Float64Array | Uint16Array>(parts: readonly T[], all: T): T {
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The curves are views of what was sent. Throws when the arrays are not as long as they are said to be. */
export function unpackCurves({ grid, extent, curves, groups, doubles, words }: PackedCurves): CurveSet {
  const nextDoubles = cutter(doubles);
  const nextWords = cutter(words);
  return {
    grid,
    extent,
    curves: curves.map(({ run, x, y, smooth, slots }): { run: string } & Trace => ({
      run,
      x: nextDoubles(x),
      y: nextDoubles(y),
      smooth: smooth === null ? null : nextDoubles(smooth),
      slots: slots === null ? null : nextWords(slots),
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

function cutter<T extends Float64Array | Uint16Array>(all: T): (count: number) => T {
  let at = 0;
  return (count) => {
    if (at + count > all.length) throw new Error("Curves arrived cut off.");
    at += count;
    return all.subarray(at - count, at) as T;
  };
}

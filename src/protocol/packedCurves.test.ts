import { expect, test } from "vitest";
import type { CurveSet } from "../domain/curve";
import { PackedCurves, packCurves, unpackCurves } from "./packedCurves";

const column = (...values: number[]) => Float64Array.from(values);
const grid = { from: 0, to: 9, buckets: 2, log: false };
const set: CurveSet = {
  grid,
  extent: { from: 0, to: 99 },
  curves: [
    { run: "a", slots: null, x: column(1, 2), y: column(3, Number.NaN), smooth: null },
    { run: "row", slots: Uint16Array.of(3, 4, 5), x: column(), y: column(0.5, 1, 2, 3, 4, 5), smooth: null },
    { run: "close", slots: Uint16Array.of(1), x: column(), y: column(1e9, 1e9 + 1e-6), smooth: null },
    { run: "wide", slots: Uint16Array.of(1), x: column(), y: column(1e-300, 1e300), smooth: null },
    { run: "b", slots: Uint16Array.of(0, 7), x: column(), y: column(4, 5, 6, Infinity), smooth: column(1e-300, -0) },
  ],
  groups: [{ group: 3, mean: column(1, 2), low: column(0, 1), high: column(2, 3), runs: Uint16Array.of(1, 2) }],
};

test("curves arrive as they were, in three arrays however many they are", () => {
  const packed = structuredClone(packCurves(set));
  expect(unpackCurves(PackedCurves.parse(packed))).toEqual(set);
  expect(Object.values(packed).filter(ArrayBuffer.isView)).toHaveLength(3);
});

test("what was cut off on the way is not drawn", () => {
  const packed = packCurves(set);
  expect(() => unpackCurves({ ...packed, doubles: packed.doubles.subarray(1) })).toThrow("cut off");
});

test("values are sent as floats where nobody sees a difference", () => {
  const y = Float64Array.from({ length: 1_000 }, (_, at) => Math.sin(at) * 7);
  const packed = packCurves({ ...set, curves: [{ run: "a", slots: null, x: column(), y, smooth: null }] });
  expect(packed.floats).toHaveLength(1_000);
  const [curve] = unpackCurves(packed).curves;
  for (const [at, value] of y.entries()) expect(Math.abs(curve!.y[at]! - value)).toBeLessThan(1e-6);
  // The extremes are exact.
  expect([Math.min(...curve!.y), Math.max(...curve!.y)]).toEqual([Math.min(...y), Math.max(...y)]);
  const { curves } = packCurves(set);
  expect(curves.map(({ run, ends }) => [run, ends !== null])).toEqual([
    ["a", true],
    ["row", true],
    ["close", false],
    ["wide", false],
    ["b", true],
  ]);
});

test.each([
  ["a count beyond 2^24", column(0, 16_777_217, 1e9)],
  ["a value far below the others", column(0, 1e-41, 1)],
])("%s keeps its digits", (_, y) => {
  const set: CurveSet = {
    grid,
    extent: null,
    curves: [{ run: "a", slots: null, x: column(), y, smooth: null }],
    groups: [],
  };
  expect(unpackCurves(packCurves(set)).curves[0]!.y).toEqual(y);
});

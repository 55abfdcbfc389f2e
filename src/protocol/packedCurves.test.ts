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
    { run: "b", slots: Uint16Array.of(0, 7), x: column(), y: column(4, 5, 6, Infinity), smooth: column(1e-300, -0) },
  ],
  groups: [{ group: 3, mean: column(1, 2), low: column(0, 1), high: column(2, 3), runs: Uint16Array.of(1, 2) }],
};

test("curves arrive as they were, in two arrays however many they are", () => {
  const packed = structuredClone(packCurves(set));
  expect(unpackCurves(PackedCurves.parse(packed))).toEqual(set);
  expect(Object.values(packed).filter(ArrayBuffer.isView)).toHaveLength(2);
});

test("what was cut off on the way is not drawn", () => {
  const packed = packCurves(set);
  expect(() => unpackCurves({ ...packed, doubles: packed.doubles.subarray(1) })).toThrow("cut off");
});

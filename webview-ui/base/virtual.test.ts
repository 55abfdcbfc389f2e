import { expect, test } from "vitest";
import { itemsInSight, offsetsOf, placeAt, rowsInSight } from "./virtual";

test("only rows in sight, and some to spare", () => {
  expect(rowsInSight(10_000, 24, 0, 240, 2)).toEqual({ start: 0, end: 12 });
  expect(rowsInSight(10_000, 24, 24 * 500 + 3, 240, 2)).toEqual({ start: 498, end: 513 });
  expect(rowsInSight(5, 24, 0, 240, 2)).toEqual({ start: 0, end: 5 });
  // Rows went away while the page was scrolled far down.
  expect(rowsInSight(5, 24, 9_000, 240, 2)).toEqual({ start: 5, end: 5 });
  expect(rowsInSight(0, 24, 0, 240, 2)).toEqual({ start: 0, end: 0 });
});

test("things of different sizes", () => {
  const offsets = offsetsOf([100, 50, 200, 80]);
  expect([...offsets]).toEqual([0, 100, 150, 350, 430]);
  expect([-5, 0, 99, 100, 149, 150, 429, 1000].map((at) => placeAt(offsets, at))).toEqual([0, 0, 0, 1, 1, 2, 3, 3]);
  expect(itemsInSight(offsets, 120, 40, 0)).toEqual({ start: 1, end: 3 });
  expect(itemsInSight(offsets, 120, 40, 1)).toEqual({ start: 0, end: 4 });
  expect(itemsInSight(offsetsOf([]), 0, 40, 1)).toEqual({ start: 0, end: 0 });
});

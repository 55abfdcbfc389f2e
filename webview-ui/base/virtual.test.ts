import { expect, test } from "vitest";
import { itemsInSight, offsetsOf, placeAt, rowsInSight, stepTowards } from "./virtual";

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

test("what is far is drawn step by step, what is in sight first", () => {
  const target = { start: 100, end: 140 };
  const first = stepTowards({ start: 0, end: 40 }, target, 108, 16);
  expect(first).toEqual({ start: 108, end: 124 });
  const second = stepTowards(first, target, 108, 16);
  expect(second).toEqual({ start: 108, end: 140 });
  expect(stepTowards(second, target, 108, 16)).toEqual(target);
  expect(stepTowards(target, target, 108, 16)).toEqual(target);
});

test("what is still wanted is kept, and rows that are gone are not", () => {
  expect(stepTowards({ start: 96, end: 136 }, { start: 104, end: 144 }, 108, 16)).toEqual({ start: 104, end: 144 });
  expect(stepTowards({ start: 104, end: 144 }, { start: 96, end: 136 }, 100, 4)).toEqual({ start: 100, end: 136 });
  expect(stepTowards({ start: 50, end: 90 }, { start: 0, end: 3 }, 0, 16)).toEqual({ start: 0, end: 3 });
  expect(stepTowards({ start: 0, end: 3 }, { start: 0, end: 0 }, 0, 16)).toEqual({ start: 0, end: 0 });
});

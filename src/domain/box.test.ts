import { expect, test } from "vitest";
import { boxOf } from "./box";

test("a box is of the quarters of the finite values, with what stands apart told one by one", () => {
  // As numpy.percentile has them.
  expect(boxOf([7, 1, 2, Number.NaN, 3, 100, Infinity, 4])).toEqual({
    q1: 2.25,
    median: 3.5,
    q3: 6.25,
    low: 1,
    high: 7,
    outliers: [100],
    count: 6,
  });
});

test("one value is a box by itself, and none is none", () => {
  expect(boxOf([5])).toMatchObject({ q1: 5, median: 5, q3: 5, low: 5, high: 5, outliers: [], count: 1 });
  expect(boxOf([Number.NaN, -Infinity])).toBeNull();
});

test("values from one end of the numbers to the other stay numbers", () => {
  const box = boxOf([-1.7e308, -1e308, 0, 1e308, 1.7e308])!;
  expect(Object.values(box).flat().every(Number.isFinite)).toBe(true);
  expect([box.low, box.high]).toEqual([-1.7e308, 1.7e308]);
});

test("of very many outliers the furthest are told", () => {
  const values = [...new Array(1_000).fill(0), ...Array.from({ length: 200 }, (_, at) => at + 1)];
  const { outliers } = boxOf(values)!;
  expect(outliers).toHaveLength(50);
  expect(outliers.at(-1)).toBe(200);
});

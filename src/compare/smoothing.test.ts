import { expect, test } from "vitest";
import { smooth } from "./smoothing";

const smoothed = (values: number[], weight: number) => [...smooth(Float64Array.from(values), weight)];

test("is TensorBoard's: the average of all values so far, each counting less by the weight", () => {
  // By the definition: sum of weight^(n-i) value_i over sum of weight^(n-i).
  const values = [3, -1, 4, 1, -5, 9];
  const direct = values.map((_, n) => {
    const shares = values.slice(0, n + 1).map((_, i) => 0.8 ** (n - i));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.reduce((sum, share, i) => sum + (share * values[i]!) / total, 0);
  });
  for (const [at, value] of smoothed(values, 0.8).entries()) expect(value).toBeCloseTo(direct[at]!, 12);
});

test("leaves a constant and a first value alone", () => {
  for (const value of smoothed([2, 2, 2, 2], 0.99)) expect(value).toBeCloseTo(2, 12);
  expect(smoothed([7], 0.9)[0]).toBeCloseTo(7, 12);
  expect(smoothed([1, 5], 0)).toEqual([1, 5]);
});

test("goes on after values that are no numbers", () => {
  const [, gap, , infinite, last] = smoothed([1, Number.NaN, 1, Infinity, 1], 0.5);
  expect([gap, infinite]).toEqual([Number.NaN, Infinity]);
  expect(last).toBeCloseTo(1, 12);
});

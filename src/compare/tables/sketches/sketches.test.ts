import { describe, expect, test } from "vitest";
import { Cell } from "../cell";
import { createRandom } from "../testTables";
import { countDistinct, DistinctSketch, likenessOf } from "./distinctSketch";
import { FrequentValues } from "./frequentValues";
import { Moments } from "./moments";
import { binWeights, QuantileSketch, quantilesOf } from "./quantileSketch";

const random = createRandom(7);
const cell = new Cell();

describe("quantiles", () => {
  const ranks = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

  test.each([
    ["at random", () => random()],
    ["ascending", (i: number) => i],
    ["descending", (i: number) => -i],
    ["in a saw", (i: number) => i % 1000],
    ["with long tails", () => 1 / random()],
  ])("of values that come %s are as near as stated", (_, make) => {
    const sketch = new QuantileSketch(256);
    const values = Array.from({ length: 100_000 }, (_value, i) => make(i));
    for (const value of values) sketch.add(value);
    const sorted = Float64Array.from(values).sort();
    const errors = quantilesOf(sketch.weighted(), ranks).map((value, i) => {
      const below = sorted.findIndex((other) => other >= value) / sorted.length;
      const upTo = (sorted.findLastIndex((other) => other <= value) + 1) / sorted.length;
      return Math.max(0, below - ranks[i]!, ranks[i]! - upTo);
    });
    expect(Math.max(...errors)).toBeLessThan(sketch.rankError);
    const { weights } = sketch.weighted();
    expect(weights.reduce((sum, weight) => sum + weight)).toBe(100_000);
    expect(weights.length).toBeLessThan(256 * 10);
  });

  test("are exact as long as there are few values", () => {
    const sketch = new QuantileSketch(256);
    for (const value of [5, 1, 4, 2, 3]) sketch.add(value);
    expect(sketch.rankError).toBe(0);
    expect(quantilesOf(sketch.weighted(), [0, 0.2, 0.21, 0.5, 1])).toEqual([1, 1, 2, 3, 5]);
    expect(binWeights(sketch.weighted(), [1, 3.5])).toEqual([1, 2, 2]);
    expect(quantilesOf(new QuantileSketch(256).weighted(), [0.5])).toEqual([]);
  });
});

describe("distinct values", () => {
  function sketchOf(from: number, to: number): DistinctSketch {
    const sketch = new DistinctSketch(1024);
    for (let i = from; i < to; i++) {
      cell.setNumber(i);
      for (let again = 0; again <= i % 3; again++) sketch.add(cell.low, cell.high);
    }
    return sketch;
  }

  test("few are counted exactly, many as nearly as stated", () => {
    expect(countDistinct(sketchOf(0, 2000).sample())).toEqual({ count: 2000, error: 0 });
    for (const many of [3000, 50_000, 300_000]) {
      const { count, error } = countDistinct(sketchOf(0, many).sample());
      expect(error).toBeLessThan(0.032);
      expect(Math.abs(count / many - 1)).toBeLessThan(3 * error);
    }
  });

  test("two sets are as alike as the share of what they have in common", () => {
    const likeness = (from: number, to: number) =>
      likenessOf(sketchOf(0, 60_000).sample(), sketchOf(from, to).sample());
    expect(likeness(0, 60_000)).toBe(1);
    expect(likeness(30_000, 90_000)).toBeCloseTo(1 / 3, 1);
    expect(likeness(70_000, 130_000)).toBe(0);
    expect(likenessOf(sketchOf(0, 100).sample(), sketchOf(50, 150).sample())).toBeCloseTo(1 / 3, 10);
  });
});

describe("frequent values", () => {
  function count(values: Iterable<string>, limit: number): FrequentValues {
    const frequent = new FrequentValues(limit);
    for (const value of values) {
      cell.setText(value);
      if (frequent.add(cell, Number.NaN)) continue;
      frequent.purge();
      frequent.add(cell, Number.NaN);
    }
    return frequent;
  }

  test("all are counted while they are few", () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `v${i % 64}`);
    const frequent = count(values, 64);
    expect(frequent.countError).toBe(0);
    expect(
      [...frequent.values()].every((value) => value.count === Math.floor((10_063 - Number(value.text.slice(1))) / 64)),
    ).toBe(true);
    expect(frequent.top(1)[0]).toMatchObject({ text: "v0", count: 157 });
  });

  test("of many the frequent ones stay, their counts as near as stated", () => {
    // "often" is a tenth of all, among values that hardly repeat.
    const values = Array.from({ length: 50_000 }, (_, i) =>
      i % 10 === 0 ? "often" : `v${Math.floor(random() * 1e6)}`,
    );
    const frequent = count(values, 64);
    const [first] = frequent.top(1);
    expect(first!.text).toBe("often");
    expect(first!.count).toBeLessThanOrEqual(5000);
    expect(first!.count + frequent.countError).toBeGreaterThanOrEqual(5000);
    expect(frequent.countError).toBeLessThan(50_000 / 32);
    expect(frequent.used).toBeLessThanOrEqual(64);
  });
});

test("mean and deviation do not lose what is small beside a large offset", () => {
  const moments = new Moments();
  for (const value of [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]) moments.add(value);
  expect(moments).toMatchObject({ count: 4, min: 1e9 + 4, max: 1e9 + 16, mean: 1e9 + 10 });
  expect(moments.std).toBeCloseTo(Math.sqrt(22.5), 9);
  expect(new Moments().std).toBe(0);
});

/** Against figures of SciPy, scikit-learn and fairlearn: see goldens/make_goldens.py. */
import { expect, test } from "vitest";
import type { EvaluatedMetric } from "../../../domain/gateSettings";
import { measure } from "../rows/measure";
import { bootstrap, interval, oneSided } from "./bootstrap";
import goldens from "./goldens/goldens.json";
import { disparity, groupRates } from "./groupRates";
import { atLeast, leastPairs, mcnemar } from "./mcnemar";
import { quantile } from "./quantile";
import { drawPlaces, seededNormal } from "./random";
import { theilSen } from "./robust";
import { normalQuantile, wilson } from "./wilson";

const ones = (count: number) => new Uint8Array(count).fill(1);

test("McNemar's test is exact for few and for many pairs", () => {
  for (const { first, second, worse, different } of goldens.mcnemar) {
    const pairs = first + second;
    const onlyFirst = Array.from({ length: pairs + 5 }, (_, at) => at < first);
    const onlySecond = Array.from({ length: pairs + 5 }, (_, at) => at >= first && at < pairs);
    const found = mcnemar(onlyFirst, onlySecond);
    expect(found).toMatchObject({ onlyFirst: first, onlySecond: second });
    expect(found.secondIsWorse / worse).toBeCloseTo(1, 8);
    expect(found.different / different).toBeCloseTo(1, 8);
  }
  // Too small for 0.5 to the power of the pairs, and never more than 1.
  expect(atLeast(5_000, 5_000)).toBe(0);
  expect(atLeast(1_000, 1_000)).toBeCloseTo(2 ** -1_000, 300);
  expect(leastPairs(0.95)).toBe(5);
  expect(leastPairs(0.5)).toBe(1);
});

test("Wilson's interval and the quantiles of the normal distribution", () => {
  for (const { count, total, confidence, limits } of goldens.wilson) {
    for (const [at, limit] of wilson(count, total, confidence).entries()) expect(limit).toBeCloseTo(limits[at]!, 8);
  }
  for (const { chance, value } of goldens.normal) expect(normalQuantile(chance)).toBeCloseTo(value, 7);
  expect(wilson(0, 0, 0.95)).toEqual([0, 1]);
});

test.each(["two", "four"] as const)("metrics of %s classes", (which) => {
  const { actual, predicted, scores, ...figures } = goldens[which];
  const answers = { predictions: predicted, scores, classes: scores[0]!.map((_, at) => at) };
  for (const [metric, wanted] of Object.entries(figures)) {
    const found = measure(metric as EvaluatedMetric, actual, answers, undefined);
    expect(found(ones(actual.length)), metric).toBeCloseTo(wanted as number, 10);
    // Weights are rows that are there more than once.
    const twice = measure(
      metric as EvaluatedMetric,
      [...actual, ...actual.slice(0, 20)],
      {
        ...answers,
        predictions: [...predicted, ...predicted.slice(0, 20)],
        scores: [...scores, ...scores.slice(0, 20)],
      },
      undefined,
    );
    const weights = actual.map((_, at) => (at < 20 ? 2 : 1));
    expect(found(weights), metric).toBeCloseTo(twice(ones(actual.length + 20)), 10);
  }
});

test("metrics of numbers", () => {
  const { actual, predicted, ...figures } = goldens.numbers;
  const answers = { predictions: predicted, scores: null, classes: null };
  for (const [metric, wanted] of Object.entries(figures)) {
    const found = measure(metric as EvaluatedMetric, actual, answers, undefined);
    expect(found(ones(actual.length)), metric).toBeCloseTo(wanted, 10);
  }
});

test("fairness is fairlearn's", () => {
  const { actual, predicted, groups, ...figures } = goldens.fairness;
  const yes = (values: readonly number[]) => values.map((value) => value === 1);
  const rates = groupRates(groups, 3, yes(actual), yes(predicted), ones(groups.length));
  const found = disparity(rates);
  for (const [name, wanted] of Object.entries(figures)) {
    expect(found[name as keyof typeof found], name).toBeCloseTo(wanted, 10);
  }
  // Nobody is chosen: all are treated alike. One group: nothing can be said.
  const nobody = groupRates([0, 1], 2, [true, true], [false, false], ones(2));
  expect(disparity(nobody)).toMatchObject({ parityDifference: 0, parityRatio: 1 });
  expect(disparity(rates.slice(0, 1)).parityDifference).toBeNaN();
});

test("the paired bootstrap comes to SciPy's limits, and to the same ones each time", () => {
  const { first, second, confidence, limits } = goldens.bootstrap;
  const difference = (weights: Uint32Array) => {
    let sum = 0;
    for (const [at, weight] of weights.entries()) sum += weight * (second[at]! - first[at]!);
    return [sum / first.length];
  };
  const [drawn] = bootstrap(first.length, difference, { draws: 20_000 });
  const [low, high] = interval(drawn!, confidence);
  // 20,000 draws tell such a limit to about 0.001.
  expect(Math.abs(low - limits[0]!)).toBeLessThan(0.004);
  expect(Math.abs(high - limits[1]!)).toBeLessThan(0.004);
  const { lower, upper } = oneSided(drawn!, 0.95);
  expect(lower).toBeCloseTo(low, 12);
  expect(upper).toBeCloseTo(high, 12);
  expect(bootstrap(first.length, difference, { draws: 10 })).toEqual([drawn!.slice(0, 10)]);
  // Strata keep their sizes.
  const strata = [
    [0, 1, 2],
    [3, 4],
  ];
  const sizes = bootstrap(5, (weights) => [weights[3]! + weights[4]!], { draws: 50, strata });
  expect(new Set(sizes[0])).toEqual(new Set([2]));
});

test("slopes that one wild point does not move, quantiles, and random numbers that are what they say", () => {
  const { x, y, slope, values, quantiles } = goldens.slope;
  expect(theilSen(x, y)).toBeCloseTo(slope, 10);
  const sorted = values.toSorted((one, other) => one - other);
  const found = [0, 0.05, 0.5, 0.99, 1].map((share) => quantile(sorted, share));
  for (const [at, value] of found.entries()) expect(value).toBeCloseTo(quantiles[at]!, 12);
  expect(quantile([], 0.5)).toBeNaN();
  const normal = seededNormal(3);
  const drawn = Array.from({ length: 20_000 }, normal);
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const spread = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length);
  expect([Math.abs(mean) < 0.03, Math.abs(spread - 1) < 0.03]).toEqual([true, true]);
  const places = drawPlaces(1_000, 100);
  expect([places.length, new Set(places).size, places.at(-1)! < 1_000]).toEqual([100, 100, true]);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
});

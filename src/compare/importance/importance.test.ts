import { describe, expect, test } from "vitest";
import { encode } from "./encode";
import { importanceOf } from "./importance";
import { rankCorrelation, ranksOf } from "./ranks";

/** Deterministic values from 0 to 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A sweep in which lr matters in a curve, the optimizer a lot, width a little and the seed not at all. */
function sweep(count: number) {
  const random = noise(42);
  const rows = Array.from({ length: count }, () => {
    const row = {
      lr: random(),
      optimizer: random() < 0.5 ? "adam" : "sgd",
      width: Math.floor(random() * 4),
      seed: random(),
    };
    const metric = (row.lr - 0.5) ** 2 * 4 + (row.optimizer === "adam" ? 1 : 0) + row.width * 0.1 + random() * 0.05;
    return { row, metric };
  });
  const column = (name: "lr" | "optimizer" | "width" | "seed") => {
    return { name, values: rows.map(({ row }) => String(row[name])) };
  };
  const constant = { name: "epochs", values: rows.map(() => "10") };
  return {
    params: [column("seed"), column("width"), column("lr"), column("optimizer"), constant],
    metric: rows.map(({ metric }) => metric),
  };
}

describe("importance", () => {
  const { params, metric } = sweep(200);
  const found = importanceOf(params, metric)!;
  const of = (name: string) => found.params.find((param) => param.name === name)!;

  test("puts params in the order in which they matter, and leaves out what never changed", () => {
    expect(found.params.map(({ name }) => name)).toEqual(["optimizer", "lr", "width", "seed"]);
    expect(of("optimizer").importance).toBeGreaterThan(1);
    expect(Math.abs(of("seed").importance)).toBeLessThan(0.05);
    expect(found.explained).toBeGreaterThan(0.85);
  });

  test("sees what correlation does not: a best value in the middle", () => {
    expect(Math.abs(of("lr").correlation!)).toBeLessThan(0.2);
    expect(of("lr").importance).toBeGreaterThan(0.1);
    expect(of("optimizer").correlation).toBeNull();
  });

  test("is the same each time", () => {
    expect(importanceOf(params, metric)).toEqual(found);
  });

  test("explains nothing where there is nothing to explain", () => {
    const random = noise(7);
    expect(importanceOf(params, metric.map(random))!.explained).toBeLessThan(0.2);
  });
});

test("runs without a finite value do not count, and a handful says nothing", () => {
  const { params, metric } = sweep(30);
  const holes = metric.map((value, run) => (run % 3 === 0 ? [Number.NaN, Infinity][run % 2]! : value));
  expect(importanceOf(params, holes)!.runs).toBe(20);
  expect(
    importanceOf(
      params,
      metric.map((value, run) => (run < 9 ? value : Number.NaN)),
    ),
  ).toBeNull();
  expect(
    importanceOf(
      params,
      metric.map(() => 1),
    ),
  ).toBeNull();
});

test("params become numbers, words a column each, and missing ones are told", () => {
  expect(encode("lr", ["1e-3", null, "0.1"])).toMatchObject({ numbers: [0.001, 0.1, 0.1], distinct: 3 });
  expect(encode("lr", ["1e-3", null, "0.1"]).columns).toEqual([
    [0.001, 0.1, 0.1],
    [0, 1, 0],
  ]);
  expect(encode("optimizer", ["adam", "sgd", "adam"])).toMatchObject({
    numbers: null,
    columns: [
      [1, 0, 1],
      [0, 1, 0],
    ],
  });
});

test("rank correlation is Spearman's, ties sharing their ranks", () => {
  expect(ranksOf([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1]);
  expect(rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1_000])).toBeCloseTo(1, 12);
  expect(rankCorrelation([1, 2, 3], [9, 5, 1])).toBeCloseTo(-1, 12);
  // As scipy.stats.spearmanr has it.
  expect(rankCorrelation([1, 2, 2, 3, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.66688592885535, 10);
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
});

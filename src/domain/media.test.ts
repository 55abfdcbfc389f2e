import { describe, expect, test } from "vitest";
import { itemAt, mediaSeries, stepOf, stepsOf } from "./media";

const file = (path: string) => ({ path, sha256: "0".repeat(64), size: 1 });

describe("a step in a name", () => {
  test.each([
    ["tensorboard/samples/12.png", "tensorboard/samples", 12],
    ["images/conf#val%step%5%timestamp%1700000000000%0b3f.png", "images/conf/val.png", 5],
    ["images/x+step+7+timestamp+17+0b.png", "images/x.png", 7],
    ["plots/epoch_3.png", "plots.png", 3],
    ["plots/loss-step-0040.svg", "plots/loss.svg", 40],
    ["out/reconstruction_epoch10_final.png", "out/reconstruction_final.png", 10],
    ["sample_0005.png", "sample.png", 5],
    ["confusion.png", "confusion.png", null],
    ["resnet50.png", "resnet50.png", null],
    ["run-2.1/table.csv", "run-2.1/table.csv", null],
    ["timestep.txt", "timestep.txt", null],
  ])("%s", (path, name, step) => {
    expect(stepOf(path)).toEqual({ name, step });
  });
});

test("the same picture of two runs is one series over their steps", () => {
  const series = mediaSeries([
    [file("s/2.png"), file("s/10.png"), file("s/1.png"), file("model.pkl"), file("only.txt")],
    [file("s/1.png"), file("s/5.png"), file("images/a%step%1%timestamp%2%compressed.webp")],
  ]);
  expect(series.map(({ name, kind }) => [name, kind])).toEqual([
    ["s", "image"],
    ["only.txt", "text"],
  ]);
  expect(series[0]!.runs.map((items) => items.map(({ step }) => step))).toEqual([
    [1, 2, 10],
    [1, 5],
  ]);
  expect(stepsOf(series[0]!)).toEqual([1, 2, 5, 10]);
  expect(series[0]!.runs.map((items) => itemAt(items, 5)?.step)).toEqual([2, 5]);
  expect(itemAt(series[0]!.runs[1]!, 0)?.step).toBe(1);
  expect(itemAt(series[1]!.runs[1]!, null)).toBeUndefined();
});

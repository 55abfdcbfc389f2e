import { expect, test } from "vitest";
import type { MetricSummary, RunSummary } from "../../domain/run";
import { describeKeyMetric, keyMetric } from "./keyMetric";
import { DEFAULT_VIEW, type ViewState } from "./viewState";

const runWith = (...names: string[]) => {
  const metric: MetricSummary = { last: 0.94213, min: 0, max: 1, count: 1, lastStep: 0 };
  return { metrics: Object.fromEntries(names.map((name) => [name, metric])) } as RunSummary;
};
const byStart = DEFAULT_VIEW.sort;

test.each([
  [["loss", "accuracy", "val_accuracy"], "val_accuracy"],
  [["loss", "val_loss", "f1"], "f1"],
  [["train/loss", "valid/loss"], "valid/loss"],
  [["epoch", "reward"], "reward"],
  [["system/cpu_percent", "reward"], "reward"],
  [["epoch"], "epoch"],
  [["flossy", "glossary"], "flossy"],
  [["system/cpu_percent"], undefined],
  [[], undefined],
])("of %j it is %s", (names, expected) => {
  expect(keyMetric(runWith(...names), byStart)).toBe(expected);
});

test("the metric that the tree is sorted by comes first", () => {
  const sort: ViewState["sort"] = { key: "metric:loss", descending: false };
  expect(keyMetric(runWith("accuracy", "loss"), sort)).toBe("loss");
  expect(keyMetric(runWith("accuracy"), sort)).toBe("accuracy");
});

test("the number stands first, where a narrow view still shows it", () => {
  expect(describeKeyMetric(runWith("accuracy"), byStart)).toBe("0.94213 accuracy");
  expect(describeKeyMetric(runWith(), byStart)).toBe("");
});

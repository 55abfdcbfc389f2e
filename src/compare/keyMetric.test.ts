import { expect, test } from "vitest";
import { isLessBetter, tellingMetric } from "./keyMetric";

test.each([
  [["loss", "accuracy", "val_accuracy"], "val_accuracy"],
  [["train/loss", "valid/loss"], "valid/loss"],
  [["epoch", "reward"], "reward"],
  [["system/cpu_percent"], undefined],
])("of %j the telling one is %s", (names, expected) => {
  expect(tellingMetric(names)).toBe(expected);
});

test.each([
  "loss",
  "val_loss",
  "train/loss",
  "valLoss",
  "loss.total",
  "test RMSE",
  "mae",
  "fit_time",
  "perplexity",
  "eval_wer",
])("less %s is better", (name) => expect(isLessBetter(name)).toBe(true));

test.each([
  "accuracy",
  "val_acc",
  "f1",
  "reward",
  "lossless_ratio",
  "terror",
  "timer",
  "auc",
  "maelstrom",
  "overtime_wins",
])("more %s is better", (name) => expect(isLessBetter(name)).toBe(false));

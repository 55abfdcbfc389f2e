import { expect, test } from "vitest";
import { sourceRank } from "./metricSource";

test("what was logged on purpose is trusted more than what was read off the output", () => {
  const sources = ["output-preview", "output", "unheard-of", "metrics-file", "tensorboard", "api"];
  expect(sources.toSorted((a, b) => sourceRank(a) - sourceRank(b))).toEqual(sources.toReversed());
});

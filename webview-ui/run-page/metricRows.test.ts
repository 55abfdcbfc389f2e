import { expect, test } from "vitest";
import type { RunPageContent } from "../../src/protocol/runPage";
import { metricRows } from "./metricRows";

test("each metric has its own values, those of the machine apart", () => {
  const metrics = ["loss", "system/cpu_percent", "nan"].map((key) => ({ key, count: 2, lastStep: 1, from: "MLflow" }));
  const metricValues = Float64Array.of(1, 0, 2, 90, 5, 100, Number.NaN, Number.NaN, Number.NaN);
  const { own, system } = metricRows({ metrics, metricValues } as RunPageContent);
  expect(own).toEqual([
    { key: "loss", count: 2, from: "MLflow", last: 1, min: 0, max: 2 },
    { key: "nan", count: 2, from: "MLflow", last: Number.NaN, min: Number.NaN, max: Number.NaN },
  ]);
  expect(system.map(({ key, max }) => [key, max])).toEqual([["system/cpu_percent", 100]]);
});

/** For tests: comparisons in which what a test does not care about is the same. */
import type { RunComparison } from "../domain/comparison";
import type { MetricSummary } from "../domain/run";
import { createFileComparison } from "./files";

const CODE = { commit: "c1", head: "abcdef123456", branch: "main", dirty: false, changes: [] };

/** Of runs with these names; "workspace" is the workspace. */
export function comparisonOf(names: readonly string[], part: Partial<RunComparison> = {}): RunComparison {
  const isRun = (name: string) => name !== "workspace";
  return {
    sides: names.map((name, at) => ({
      id: isRun(name) ? String(at).repeat(32) : null,
      name,
      experiment: isRun(name) ? "wine" : null,
      status: isRun(name) ? "finished" : null,
      startTime: isRun(name) ? at * 60_000 : null,
      endTime: isRun(name) ? at * 60_000 + 1_500 : null,
      inputs: null,
    })),
    params: [],
    metrics: [],
    config: [],
    code: names.map(() => CODE),
    environment: { summary: "", known: names.map(() => true), python: [], packages: [], variables: [] },
    data: createFileComparison().result(),
    datasets: [],
    outputs: createFileComparison().result(),
    command: [],
    host: [],
    uncertain: [],
    ...part,
  };
}

export const text = (name: string, ...values: (string | null)[]) => ({ name, values, differs: true });

export const series = (last: number, min = last, max = last): MetricSummary => ({
  last,
  min,
  max,
  count: Object.is(min, max) ? 1 : 10,
  lastStep: 10,
});

/** For tests: results as the worker gives them. */
import type { MetricResults, Result, ResultRun } from "../../compare/fileResults";
import type { EditorResults } from "../worker/fileResults";

export function resultRun(name: string, part: Partial<ResultRun> = {}): ResultRun {
  return { id: name, name, status: "finished", exitCode: 0, signal: null, startTime: 1_000, ...part };
}

export const result = (name: string, value: number, part: Partial<ResultRun> = {}): Result => ({
  run: resultRun(name, part),
  value,
});

export function metricResults(part: Partial<MetricResults> & Pick<MetricResults, "last">): MetricResults {
  return { less: false, previous: null, best: null, ...part };
}

export function editorResults(part: Partial<EditorResults> = {}): EditorResults {
  const last = resultRun("last");
  const none = { key: null, metrics: {}, best: null, ran: null };
  return { path: "train.py", isScript: true, total: 2, last, measured: null, ...none, ...part };
}

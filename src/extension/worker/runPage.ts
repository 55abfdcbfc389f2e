/** What the page of a run shows, from the store. */
import { sourceWords } from "../../domain/metricSource";
import { runSourceWords } from "../../domain/runSource";
import type { RunPageContent } from "../../protocol/runPage";
import type { RunDetails } from "./api";

/** Of each list of files so many are shown; the tree has them all. */
const MOST_FILES = 200;

/** `source`: who started the run. */
export function runPageContent(root: string, details: RunDetails, source: string): RunPageContent {
  const { run, since, children, sources = {} } = details;
  const { snapshot, artifacts, metrics, environment, ...rest } = { ...run, environment: run.snapshot.environment };
  return {
    root,
    ...pickRun(rest),
    startedBy: runSourceWords(source),
    metrics: Object.entries(metrics).map(([key, { count, lastStep }]) => {
      return { key, count, lastStep, from: sourceWords(sources[key] ?? []) };
    }),
    metricValues: Float64Array.from(Object.values(metrics).flatMap(({ last, min, max }) => [last, min, max])),
    code: snapshot.code,
    environment,
    datasets: snapshot.datasets,
    data: firstOf(snapshot.data),
    artifacts: firstOf(artifacts),
    since,
    children,
  };
}

type Rest = Omit<RunDetails["run"], "snapshot" | "artifacts" | "metrics">;

function pickRun(run: Rest) {
  const { id, name, experiment, status, exitCode, signal, startTime, endTime, command, cwd } = run;
  const { note, pinned, params, tags, gaps, warnings, logSize } = run;
  return {
    ...{ id, name, experiment, status, exitCode, signal, startTime, endTime, command, cwd },
    ...{ note, pinned, params, tags, gaps, warnings, logSize },
  };
}

const firstOf = <T>(all: readonly T[]) => ({ first: all.slice(0, MOST_FILES), total: all.length });

import * as z from "zod";
import { differenceLine } from "../compare/differenceLine";
import { repeatsOf } from "../compare/repeats";
import type { RunSummary } from "../domain/run";
import { createComparisonReaders } from "../snapshot/comparisonReaders";
import type { Store } from "../store/contract";
import { ending, first, runInShort } from "./inWords";
import { lastLines } from "./readLog";
import { RunReference } from "./showRun";
import { tool } from "./tool";

/** Lines of the log that a run's bad end is explained with. */
const LAST_LINES = 40;
/** Runs of the experiment, the newest, that a metric is ranked among. */
const MOST_RANKED = 1_000;
const MOST_METRICS = 20;

export const explainRun = tool({
  name: "explain_run",
  title: "Explain Run",
  description:
    "Says why a run came out as it did: how it ended (with the last lines of its log when it did not finish), what changed since the run of the same script before it with the change of each metric, how each metric ranks in the experiment, how far repeats of it scatter, and what is not known.",
  input: z.object({ run: RunReference }),
  async answer(store, { run: reference }, signal) {
    const run = store.getRunHead(store.resolveRun(reference))!;
    const repeats = repeatsOf(store, run);
    const isBad = run.status !== "finished" && run.status !== "running";
    return {
      run: runInShort(run),
      ...ending(run),
      ...(isBad ? { lastLines: await lastLines(store, run.id, LAST_LINES) } : {}),
      sincePrevious: await sincePrevious(store, run, signal),
      ranks: ranksOf(store, run),
      ...(repeats ? { repeats: { runs: repeats.runs, first: repeats.first.name, metrics: repeats.metrics } } : {}),
      gaps: first(run.gaps, MOST_METRICS),
      warnings: first(run.warnings, MOST_METRICS),
    };
  },
});

/** Null for the first run of a script, and for commands that are none. */
async function sincePrevious(store: Store, run: RunSummary, signal: AbortSignal): Promise<unknown> {
  const { script, startTime } = run;
  if (script === null) return null;
  const [previous] = store.listRuns({ script, startedBefore: startTime, limit: 1 }).runs;
  if (!previous) return null;
  const metrics = tellingMetrics(run).flatMap(([name, { last }]) => {
    const before = previous.metrics[name];
    return before ? [{ name, before: before.last, now: last }] : [];
  });
  return {
    run: previous.name,
    id: previous.id.slice(0, 8),
    status: previous.status,
    whatChanged: await changesBetween(store, previous, run, signal),
    metrics: first(metrics, MOST_METRICS),
  };
}

async function changesBetween(
  store: Store,
  before: RunSummary,
  after: RunSummary,
  signal: AbortSignal,
): Promise<string> {
  const readers = createComparisonReaders(store, { signal });
  try {
    return await differenceLine(store, before.id, after.id, readers, signal);
  } finally {
    await readers.close();
  }
}

/** Whether high or low is good is for the reader to know: both ranks are told. */
function ranksOf(store: Store, run: RunSummary): unknown[] {
  const { runs } = store.listRuns({ experiment: run.experiment, status: ["finished"], limit: MOST_RANKED });
  return tellingMetrics(run)
    .slice(0, MOST_METRICS)
    .flatMap(([name, { last }]) => {
      const values = runs.flatMap(({ metrics }) => metrics[name]?.last ?? []).filter(Number.isFinite);
      if (values.length < 2 || !Number.isFinite(last)) return [];
      const fromTheHighest = values.filter((value) => value > last).length + 1;
      const fromTheLowest = values.filter((value) => value < last).length + 1;
      const [highest, lowest] = [Math.max(...values), Math.min(...values)];
      return [{ name, value: last, fromTheHighest, fromTheLowest, of: values.length, highest, lowest }];
    });
}

const tellingMetrics = (run: RunSummary) => Object.entries(run.metrics).filter(([name]) => !/^system[./]/.test(name));

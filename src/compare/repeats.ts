/** Runs with equal inputs: what each metric comes to on average over them, and how far they scatter. */
import { formatNumber } from "../domain/format";
import type { RunSummary } from "../domain/run";
import type { Store } from "../store/contract";

/** One metric over several runs, by its last value in each; values that are no finite numbers are left out. */
export interface Spread {
  /** Number of values. */
  count: number;
  mean: number;
  /** Sample standard deviation (divided by count - 1); 0 of a single value, which has none. */
  deviation: number;
  min: number;
  max: number;
}

export interface Repeats {
  /** Number of finished runs with equal inputs: the metrics are theirs. */
  runs: number;
  /** The earliest run with these inputs, whatever became of it. */
  first: Pick<RunSummary, "id" | "name">;
  /** By name, in the order in which the earliest runs gave them; without those of the machine. */
  metrics: Record<string, Spread>;
}

/** So many are looked at, the newest: more make the spread no surer. */
const MOST = 1_000;

/** The repeats that `run` belongs to, itself included; null when there are none besides it or its inputs are unknown. */
export function repeatsOf(store: Pick<Store, "listRepeats" | "getSummaries">, run: RunSummary): Repeats | null {
  if (run.inputs === null || run.repeats < 2) return null;
  const ids = store.listRepeats(run.inputs);
  const [first] = store.getSummaries(ids.slice(0, 1));
  if (!first) return null;
  const finished = store.getSummaries(ids.slice(-MOST)).filter(({ status }) => status === "finished");
  return { runs: finished.length, first: { id: first.id, name: first.name }, metrics: spreadOf(finished) };
}

/** Each metric over these runs, but those of the machine. */
export function spreadOf(runs: readonly Pick<RunSummary, "metrics">[]): Record<string, Spread> {
  const values = new Map<string, number[]>();
  for (const { metrics } of runs) {
    for (const [name, { last }] of Object.entries(metrics)) {
      if (name.startsWith("system/") || !Number.isFinite(last)) continue;
      const known = values.get(name);
      if (known) known.push(last);
      else values.set(name, [last]);
    }
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, spreadOver(list)]));
}

/** In two passes: the difference of large sums would lose the small spread of what hardly scatters. */
function spreadOver(values: readonly number[]): Spread {
  const count = values.length;
  const [shift = 0] = values;
  const mean = shift + values.reduce((sum, value) => sum + (value - shift), 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  return { count, mean, deviation, min: Math.min(...values), max: Math.max(...values) };
}

/** "0.932 ± 0.012": two digits of the spread, and those of the mean that it leaves certain; of one value, the value. */
export function spreadText({ count, mean, deviation }: Pick<Spread, "count" | "mean" | "deviation">): string {
  if (count < 2) return formatNumber(mean);
  const decimals = 1 - Number(deviation.toExponential(1).split("e")[1]);
  // Without spread, and where the digits would be many zeros, numbers are written as elsewhere.
  if (deviation === 0 || decimals < 0 || decimals > 10) {
    return `${formatNumber(mean)} ± ${formatNumber(deviation)}`;
  }
  return `${mean.toFixed(decimals)} ± ${deviation.toFixed(decimals)}`;
}

/** "repeat of quiet-otter; 3 runs: accuracy 0.932 ± 0.012", said of `run`. `metric`: the one to tell of, if it is there. */
export function repeatText(run: Pick<RunSummary, "id">, { runs, first, metrics }: Repeats, metric?: string): string {
  const what = first.id === run.id ? "repeated" : `repeat of ${first.name}`;
  const name = metric !== undefined && metrics[metric] ? metric : Object.keys(metrics)[0];
  const spread = name === undefined ? undefined : metrics[name];
  if (!spread) return what;
  // The spread is told together with the number of values that it is of.
  const count = spread.count === runs ? `${runs}` : `${spread.count} of ${runs}`;
  return `${what}; ${count} ${runs === 1 ? "run" : "runs"}: ${name} ${spreadText(spread)}`;
}

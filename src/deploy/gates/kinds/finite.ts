/** No NaN and no infinity: in the run's metrics and params, and in what the version predicts. */
import { formatNumber } from "../../../domain/format";
import { isSystemMetric } from "../../../domain/systemMetrics";
import type { RunHead, Store } from "../../../store/contract";
import { type Gate, judged } from "../gate";
import { needRun } from "../needRun";

/** Points of a metric that are read at once. */
const PAGE = 100_000;
/** So many are named. */
const SHOWN = 5;

export const finiteGate: Gate<"finite"> = async (settings, context) => {
  const { evaluations, store, version, signal } = context;
  const { predictions = evaluations.hasRows(settings) } = settings;
  // Without a run there are still the predictions, unless nobody wants them.
  const run = predictions ? context.run : needRun(context);
  const complaints = run ? [...badMetrics(store, run, signal), ...badParams(run)] : [];
  const looked = run ? [`${ownMetrics(run).length} metrics`, `${Object.keys(run.params).length} params`] : [];
  if (predictions) {
    const { rows, predicted } = await evaluations.of(version, settings);
    const bad = predicted.predictions.filter(isBad).length;
    if (bad > 0) complaints.push(`${bad} of ${rows.count} predictions are missing, NaN or infinite`);
    looked.push(`${rows.count} predictions`);
  }
  return judged(complaints, `All of ${looked.join(", ")} are finite`, { run: run?.id ?? null, complaints });
};

const ownMetrics = (run: RunHead) => Object.keys(run.metrics).filter((name) => !isSystemMetric(name));

function badMetrics(store: Store, run: RunHead, signal: AbortSignal): string[] {
  const found = ownMetrics(run).flatMap((name) => {
    signal.throwIfAborted();
    const place = firstBad(store, run.id, name);
    return place ? [`${name} is ${formatNumber(place.value)} at step ${place.step}`] : [];
  });
  return inShort(found, "metrics");
}

/** The first point that is no finite number; null when there is none. */
function firstBad(store: Store, run: string, metric: string): { step: number; value: number } | null {
  for (let from = 0; ; from += PAGE) {
    const { steps, values, total } = store.metricColumns(run, metric, from, PAGE);
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) return { step: steps[at]!, value: values[at]! };
    if (values.length === 0 || from + values.length >= total) return null;
  }
}

const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

function badParams({ params }: RunHead): string[] {
  const bad = Object.entries(params).filter(([, value]) => NOT_FINITE.test(value.trim()));
  return inShort(
    bad.map(([name, value]) => `the param ${name} is ${value}`),
    "params",
  );
}

function inShort(found: readonly string[], what: string): string[] {
  if (found.length <= SHOWN) return [...found];
  return [...found.slice(0, SHOWN), `and ${found.length - SHOWN} more ${what}`];
}

const isBad = (value: unknown) => (Array.isArray(value) ? value.includes(null) : value === null);

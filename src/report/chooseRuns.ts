import { isLessBetter } from "../compare/keyMetric";
import { UserError } from "../domain/errors";
import type { RunSummary } from "../domain/run";
import type { Store } from "../store/contract";

/** The finished runs of an experiment that are the best by a metric, or the newest ones without it. Throws UserError. */
export function bestRuns(store: Store, experiment: string, metric: string | undefined, most: number): RunSummary[] {
  const sort =
    metric === undefined ? undefined : { key: `metric:${metric}` as const, descending: !isLessBetter(metric) };
  const { runs } = store.listRuns({ experiment, status: ["finished"], sort, limit: most });
  const told = metric === undefined ? runs : runs.filter(({ metrics }) => Object.hasOwn(metrics, metric));
  if (told.length > 0) return told;
  const names = store.listExperiments().map(({ name }) => name);
  const which = metric === undefined ? "" : ` with the metric ${metric}`;
  throw new UserError(
    `There is no finished run${which} in the experiment ${experiment}. Experiments: ${names.slice(0, 20).join(", ") || "none"}.`,
  );
}

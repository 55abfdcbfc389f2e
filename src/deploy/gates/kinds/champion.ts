/**
 * No worse than the version that has the alias now, both asked about the same rows. Without a margin a version fails when it is
 * shown to be worse; with one it fails unless it is shown not to be worse by more than that.
 */
import { UserError } from "../../../domain/errors";
import { formatNumber } from "../../../domain/format";
import { EVALUATED_METRICS, type EvaluatedMetric, type GateOf } from "../../../domain/gateSettings";
import type { ModelVersion } from "../../../store/registry/contract";
import type { Evaluated } from "../evaluate/evaluations";
import { type Finding, failed, type Gate, passed, skipped } from "../gate";
import { labelsOf, taskOf } from "../rows/evaluationData";
import { isLessGood, measure } from "../rows/measure";
import { asClasses } from "../rows/outcome";
import { bootstrap, oneSided } from "../statistics/bootstrap";
import { leastPairs, mcnemar } from "../statistics/mcnemar";
import { percent, probability } from "../words";

/** With fewer rows it says nothing. */
const LEAST_ROWS = 30;

/** The two that are compared. */
interface Pair {
  champion: Evaluated;
  challenger: Evaluated;
  against: ModelVersion;
}

export const championGate: Gate<"champion"> = async (settings, context) => {
  const { alias = "champion", minRows = LEAST_ROWS } = settings;
  const { store, version, evaluations } = context;
  const against = store.registry.versionOfAlias(version.model, alias);
  if (!against) return skipped(`No version of ${version.model} is ${alias} yet`);
  if (against.version === version.version) return skipped(`Version ${version.version} is ${alias} itself`);
  const challenger = await evaluations.of(version, settings);
  const { rows, data } = challenger;
  if (rows.count < minRows) {
    throw new UserError(`${data.file} has ${rows.count} rows, too few to compare by: at least ${minRows} are needed.`);
  }
  const pair: Pair = {
    challenger,
    against,
    champion: await askChampion(against, alias, () => evaluations.of(against, settings)),
  };
  const labels = labelsOf(data);
  const { task } = taskOf(data, labels);
  const metric = metricFor(settings.metric, task);
  const byPairs = task === "classification" && settings.metric === undefined && settings.margin === undefined;
  return byPairs ? compareAnswers(pair, labels, settings) : compareMetric(pair, labels, metric, settings);
};

async function askChampion(against: ModelVersion, alias: string, ask: () => Promise<Evaluated>): Promise<Evaluated> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Version ${against.version}, the ${alias}, cannot be compared with. ${error.message}`);
  }
}

function metricFor(wanted: EvaluatedMetric | undefined, task: "classification" | "regression"): EvaluatedMetric {
  const known: readonly EvaluatedMetric[] = EVALUATED_METRICS[task];
  const metric = wanted ?? (task === "classification" ? "accuracy" : "mse");
  if (known.includes(metric)) return metric;
  throw new UserError(
    `${metric} is no metric of ${task}, which the labels look like: choose one of ${known.join(", ")}, or set \`evaluation.task\`.`,
  );
}

/** By the rows that only one of them gets right. */
function compareAnswers(
  { champion, challenger, against }: Pair,
  labels: ReturnType<typeof labelsOf>,
  { confidence = 0.95 }: GateOf<"champion">,
): Finding {
  const [before, now] = [champion, challenger].map(({ predicted }) => {
    const { actual, predicted: answers } = asClasses(labels, predicted);
    return actual.map((one, at) => one === answers[at]);
  }) as [boolean[], boolean[]];
  const found = mcnemar(before, now);
  const { onlyFirst, onlySecond, secondIsWorse } = found;
  const pairs = onlyFirst + onlySecond;
  const share = (right: readonly boolean[]) => right.filter(Boolean).length / right.length;
  const both = `accuracy ${percent(share(now))} against ${percent(share(before))} of version ${against.version} on the same ${labels.length} rows`;
  const detail = {
    against: against.version,
    test: "mcnemar",
    metric: "accuracy",
    value: share(now),
    champion: share(before),
    ...found,
    confidence,
    data: challenger.evidence,
  };
  const seen = `${onlyFirst} rows only the champion gets right, ${onlySecond} only the new one`;
  if (1 - secondIsWorse >= confidence)
    return failed(`Worse than the champion: ${both}; ${seen} (${probability(secondIsWorse)})`, detail);
  if (pairs < leastPairs(confidence)) {
    return passed(
      `Not to be told from the champion: ${both}; they differ on ${pairs} rows, which shows nothing`,
      detail,
    );
  }
  return passed(`No worse than the champion: ${both}; ${seen} (${probability(secondIsWorse)})`, detail);
}

/** By any metric, drawn again and again for both from the same rows. */
function compareMetric(
  { champion, challenger, against }: Pair,
  labels: ReturnType<typeof labelsOf>,
  metric: EvaluatedMetric,
  { confidence = 0.95, margin }: GateOf<"champion">,
): Finding {
  const [before, now] = [champion, challenger].map(({ data, predicted }) =>
    measure(metric, labels, predicted, data.settings.positive),
  ) as [ReturnType<typeof measure>, ReturnType<typeof measure>];
  const all = new Uint32Array(labels.length).fill(1);
  const sign = isLessGood(metric) ? -1 : 1;
  const [value, other] = [now(all), before(all)];
  if (!Number.isFinite(value))
    return failed(`${metric} of the new version is ${value}`, { metric, data: challenger.evidence });
  const [drawn] = bootstrap(labels.length, (weights) => [sign * (now(weights) - before(weights))]);
  const { lower, upper } = oneSided(drawn!, confidence);
  const both = `${metric} ${formatNumber(value)} against ${formatNumber(other)} of version ${against.version} on the same ${labels.length} rows`;
  const detail = {
    against: against.version,
    test: "bootstrap",
    metric,
    value,
    champion: other,
    better: sign * (value - other),
    lower,
    upper,
    confidence,
    ...(margin === undefined ? {} : { margin }),
    data: challenger.evidence,
  };
  const sure = percent(confidence);
  if (margin !== undefined) {
    const shown = lower >= 0 ? "not worse at all" : `worse by at most ${formatNumber(-lower)}`;
    const text = `${both}: with ${sure} confidence ${shown}, where ${formatNumber(margin)} is allowed`;
    return lower >= -margin
      ? passed(`No worse than the champion: ${text}`, detail)
      : failed(`Not shown to be as good as the champion: ${text}`, detail);
  }
  if (upper < 0)
    return failed(
      `Worse than the champion: ${both}, by at least ${formatNumber(-upper)} with ${sure} confidence`,
      detail,
    );
  return passed(`Not shown to be worse than the champion: ${both}`, detail);
}

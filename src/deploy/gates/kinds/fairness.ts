/** Whether groups get a yes alike: demographic parity and equalised odds, with what other rows like these could have shown. */
import { UserError } from "../../../domain/errors";
import { formatNumber } from "../../../domain/format";
import type { GateOf } from "../../../domain/gateSettings";
import type { CellValue } from "../evaluate/contract";
import { type Gate, judged } from "../gate";
import { columnOf, labelsOf, taskOf } from "../rows/evaluationData";
import { asClasses, positiveClass } from "../rows/outcome";
import { bootstrap, interval } from "../statistics/bootstrap";
import { type Disparity, disparity, groupRates } from "../statistics/groupRates";
import { wilson } from "../statistics/wilson";

/** Rates of fewer rows say little. */
const LEAST_GROUP = 10;
const MOST_GROUPS = 100;
/** As many draws as are needed for an interval; each looks at all rows. */
const DRAWS = 1_000;

const LIMITS = ["parityDifference", "parityRatio", "oddsDifference", "oddsRatio"] as const;
const WORDS: Record<(typeof LIMITS)[number], string> = {
  parityDifference: "demographic parity difference",
  parityRatio: "demographic parity ratio",
  oddsDifference: "equalised odds difference",
  oddsRatio: "equalised odds ratio",
};

export const fairnessGate: Gate<"fairness"> = async (settings, context) => {
  const { minGroup = LEAST_GROUP, confidence = 0.95 } = settings;
  const { data, rows, predicted, evidence } = await context.evaluations.of(context.version, settings);
  const { group } = data.settings;
  if (group === undefined) throw new UserError("Say with `evaluation.group` which column holds the groups.");
  const labels = labelsOf(data);
  if (taskOf(data, labels).task === "regression") {
    throw new UserError(
      "Fairness is about yes and no, and the labels are numbers. Set `evaluation.task` if they are classes.",
    );
  }
  const answers = asClasses(labels, predicted);
  const positive = positiveClass(answers.classes, data.settings.positive);
  const yes = answers.classes.indexOf(positive);
  const { names, numbers, small } = groupsOf(columnOf(rows, group, data.file), minGroup);
  if (names.length < 2) {
    throw new UserError(
      `${group} has ${names.length} groups of at least ${minGroup} rows: there is nothing to compare.`,
    );
  }
  const actual = answers.actual.map((one) => one === yes);
  const chosen = answers.predicted.map((one) => one === yes);
  const rates = (weights: ArrayLike<number>) => groupRates(numbers, names.length, actual, chosen, weights);
  const seen = rates(new Uint8Array(numbers.length).fill(1));
  const value = disparity(seen);
  const asked = LIMITS.filter((limit) => settings[limit] !== undefined);
  const drawFigures = (weights: ArrayLike<number>) => {
    const found = disparity(rates(weights));
    return LIMITS.map((limit) => found[limit]);
  };
  // Of each group as many as it has: which groups there are is not left to chance.
  const strata = names.map((_, number) => [...numbers.keys()].filter((at) => numbers[at] === number));
  const drawn = bootstrap(numbers.length, drawFigures, {
    draws: DRAWS,
    strata,
  });
  const intervals = Object.fromEntries(LIMITS.map((limit, at) => [limit, interval(drawn[at] ?? [], confidence)]));
  const unknown = asked.find((limit) => Number.isNaN(value[limit]));
  if (unknown !== undefined) {
    throw new UserError(
      `The ${WORDS[unknown]} is not known: fewer than two groups have rows that should ${positive === "1" ? "be 1" : `be ${positive}`} and rows that should not.`,
    );
  }
  const text = (limit: (typeof LIMITS)[number]) => {
    const [low, high] = intervals[limit]!.map((one) => formatNumber(rounded(one)));
    return `${WORDS[limit]} ${formatNumber(rounded(value[limit]))} (between ${low} and ${high})`;
  };
  const complaints = asked
    .filter((limit) => isBroken(limit, value, settings))
    .map((limit) => `${text(limit)}, ${limitText(limit, settings[limit]!)}: ${worst(limit, names, seen)}`);
  const left = small.length === 0 ? "" : `; too small to tell: ${small.join(", ")}`;
  const byGroup = Object.fromEntries(
    names.map((name, at) => [name, { ...seen[at]!, selectionInterval: selectionInterval(seen[at]!, confidence) }]),
  );
  const detail = { group, positive, value, intervals, confidence, groups: byGroup, leftOut: small, data: evidence };
  return judged(complaints, `${names.length} groups of ${group}: ${asked.map(text).join(", ")}${left}`, detail);
};

const rounded = (value: number) => Number(value.toPrecision(3));

function isBroken(limit: (typeof LIMITS)[number], value: Disparity, settings: GateOf<"fairness">): boolean {
  return limit.endsWith("Ratio") ? value[limit] < settings[limit]! : value[limit] > settings[limit]!;
}

function limitText(limit: string, bound: number): string {
  return `${limit.endsWith("Ratio") ? "at least" : "at most"} ${formatNumber(bound)} is asked for`;
}

const selectionInterval = ({ rows, selection }: { rows: number; selection: number }, confidence: number) =>
  wilson(Math.round(rows * selection), rows, confidence);

/** The two groups that lie furthest apart. */
function worst(limit: string, names: readonly string[], rates: ReturnType<typeof groupRates>): string {
  const isParity = limit.startsWith("parity");
  const spread = (key: "truePositive" | "falsePositive") => {
    const known = rates.map((rate) => rate[key]).filter((rate) => !Number.isNaN(rate));
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return limit.endsWith("Ratio") ? (high === 0 ? 0 : 1 - low / high) : high - low;
  };
  const key = isParity
    ? "selection"
    : spread("truePositive") >= spread("falsePositive")
      ? "truePositive"
      : "falsePositive";
  const what = { selection: "yes", truePositive: "true positive rate", falsePositive: "false positive rate" }[key];
  const order = names
    .map((name, at) => ({ name, rate: rates[at]![key] }))
    .filter(({ rate }) => !Number.isNaN(rate))
    .sort((one, other) => one.rate - other.rate);
  const [low, high] = [order[0]!, order.at(-1)!];
  const shown = (rate: number) => `${formatNumber(rounded(100 * rate))}%`;
  return `${what} ${shown(low.rate)} for ${low.name}, ${shown(high.rate)} for ${high.name}`;
}

/** Groups that are big enough by number; rows of others, and without a group, have -1. */
function groupsOf(
  values: readonly CellValue[],
  least: number,
): { names: string[]; numbers: number[]; small: string[] } {
  const counts = new Map<string, number>();
  const texts = values.map((value) => (value === null ? null : String(value)));
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  if (counts.size > MOST_GROUPS) {
    throw new UserError(
      `The column with the groups has ${counts.size} different values: at most ${MOST_GROUPS} can be compared.`,
    );
  }
  const all = [...counts.keys()].sort();
  const names = all.filter((name) => counts.get(name)! >= least);
  const places = new Map(names.map((name, place) => [name, place]));
  return {
    names,
    numbers: texts.map((text) => (text === null ? -1 : (places.get(text) ?? -1))),
    small: all.filter((name) => !places.has(name)),
  };
}

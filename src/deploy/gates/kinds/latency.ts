/** How long the bundle takes for one row, without the way there and back. */
import { UserError } from "../../../domain/errors";
import type { GateOf } from "../../../domain/gateSettings";
import { readSample } from "../../sample";
import type { Question } from "../evaluate/contract";
import { type Gate, type GateContext, judged } from "../gate";
import { quantile } from "../statistics/quantile";
import { milliseconds } from "../words";

const REQUESTS = 200;
/** Before what counts, as a share of it. */
const WARM_UP = 0.1;
/** Rows that are asked about in turn. */
const ROWS = 50;

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

export const latencyGate: Gate<"latency"> = async (settings, context) => {
  const { requests = REQUESTS } = settings;
  const { question, from } = await chooseQuestion(settings, context);
  const evaluator = await context.evaluations.evaluatorOf(context.version);
  const taken = await evaluator.time(question, { warmUp: Math.ceil(WARM_UP * requests), times: requests });
  const sorted = taken.toSorted((one, other) => one - other);
  const names = ["p50", "p95", "p99"] as const;
  const found = Object.fromEntries(names.map((name) => [name, quantile(sorted, SHARES[name])])) as Record<
    (typeof names)[number],
    number
  >;
  const asked = names.filter((name) => settings[name] !== undefined);
  const limits = Object.fromEntries(asked.map((name) => [name, settings[name]! * 1_000]));
  const complaints = asked
    .filter((name) => found[name] > limits[name]!)
    .map((name) => `${name} is ${milliseconds(found[name])}, at most ${milliseconds(limits[name]!)} is allowed`);
  const good = asked.map((name) => `${name} ${milliseconds(found[name])}`).join(", ");
  const detail = { ...found, requests, limits, asked: from };
  return judged(complaints, `${good} for a row, of ${requests} predictions`, detail);
};

/** Rows of the evaluation data, else the bundle's sample. */
async function chooseQuestion(
  settings: GateOf<"latency">,
  { evaluations, version, bundle }: GateContext,
): Promise<{ question: Question; from: string }> {
  if (evaluations.hasRows(settings)) {
    const { features, data } = await evaluations.of(version, settings);
    const few = Object.entries(features).map(([name, values]) => [name, values.slice(0, ROWS)] as const);
    return { question: { columns: Object.fromEntries(few) }, from: data.file };
  }
  const sample = await readSample(await bundle());
  if (sample) return { question: { body: sample.request }, from: "sample" };
  throw new UserError("There is nothing to ask the model: name a file with `evaluation.file` in modeltrail.yaml.");
}

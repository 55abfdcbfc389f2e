/** Whether the training got somewhere, and stayed there. */
import { isLessBetter } from "../../../compare/keyMetric";
import { UserError } from "../../../domain/errors";
import { formatNumber } from "../../../domain/format";
import { isSystemMetric } from "../../../domain/systemMetrics";
import type { RunHead } from "../../../store/contract";
import { failed, type Gate, judged } from "../gate";
import { needRun } from "../needRun";
import { type Convergence, convergenceOf, LEAST_POINTS } from "../statistics/convergence";
import { percent } from "../words";

export const convergenceGate: Gate<"convergence"> = async (settings, context) => {
  const run = needRun(context);
  const metric = settings.metric ?? trainingLoss(run);
  const series = context.store.metricAxis(run.id, metric, "steps");
  if (!series) throw new UserError(`The run ${run.name} has no metric "${metric}". Name another with \`metric\`.`);
  const { x: steps, y: values } = series;
  if (values.length < LEAST_POINTS) {
    throw new UserError(
      `${metric} has ${values.length} of the at least ${LEAST_POINTS} points that are needed to see whether the training converged.`,
    );
  }
  const wild = values.findIndex((value) => !Number.isFinite(value));
  if (wild >= 0) return failed(`${metric} is ${values[wild]} at step ${steps[wild]}`, { metric, step: steps[wild]! });
  const less = isLessBetter(metric);
  const found = convergenceOf(steps, values, less);
  const { improvement = 0.01, rise = 0.2, slope = 0.1 } = settings;
  const complaints = complaintsOf(metric, less, found, { improvement, rise, slope });
  const good = `${metric} went from ${formatNumber(found.start)} to ${formatNumber(found.end)}, ${percent(found.improvement)} better at its best, and settled`;
  return judged(complaints, good, { metric, points: values.length, ...found, limits: { improvement, rise, slope } });
};

function complaintsOf(
  metric: string,
  less: boolean,
  { start, end, best, improvement, rise, slope }: Convergence,
  limits: { improvement: number; rise: number; slope: number },
): string[] {
  const [from, to, top] = [start, end, best].map(formatNumber);
  if (improvement < limits.improvement) {
    const asked = `at least ${percent(limits.improvement)}`;
    return [`${metric} went from ${from} to ${to}: at its best ${percent(improvement)} better, ${asked} is asked for`];
  }
  if (rise > limits.rise) {
    const direction = less ? "rose" : "fell";
    return [
      `${metric} ${direction} from its best, ${top}, to ${to} at the end: ${percent(rise)} of what it had gained, at most ${percent(limits.rise)} is allowed`,
    ];
  }
  if (slope > limits.slope) {
    return [
      `${metric} is still getting better: by ${percent(slope)} of all it gained in a tenth of the steps, at most ${percent(limits.slope)} is allowed. Train longer`,
    ];
  }
  return [];
}

/** The series that looks most like the training's own loss. Throws UserError when none looks like a loss. */
function trainingLoss(run: RunHead): string {
  const names = Object.keys(run.metrics).filter((name) => !isSystemMetric(name) && run.metrics[name]!.count > 1);
  const losses = names.filter((name) => /loss|error|nll|mse/i.test(name) && isLessBetter(name));
  const ofTraining = losses.filter((name) => !/(^|[^a-z])(val|valid|validation|test|eval)/i.test(name));
  const found = ofTraining.find((name) => /^(train[_./-]?)?loss$/i.test(name)) ?? ofTraining[0] ?? losses[0];
  if (found !== undefined) return found;
  const others = names.length === 0 ? "it has no series" : `it has ${names.slice(0, 10).join(", ")}`;
  throw new UserError(`No metric of the run ${run.name} looks like a loss: ${others}. Name one with \`metric\`.`);
}

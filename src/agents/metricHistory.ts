import * as z from "zod";
import { UserError } from "../domain/errors";
import type { Store } from "../store/contract";
import { RunReference } from "./showRun";
import { tool } from "./tool";

/** Points read at once: a series may have millions. */
const PAGE = 100_000;

export const metricHistory = tool({
  name: "metric_history",
  title: "Metric History",
  description:
    "Gives the curve of a metric. A long one is told in pieces of equal length, each with its steps and its lowest, highest, mean and last value, so that no peak is lost.",
  input: z.object({
    run: RunReference,
    metric: z.string(),
    pieces: z.number().int().min(2).max(200).default(50),
  }),
  answer(store, { run, metric, pieces }) {
    const id = store.resolveRun(run);
    const { total, sources } = store.metricColumns(id, metric, 0, 1);
    if (total === 0) throw new UserError(`The run has no metric ${metric}. It has: ${metricNames(store, id)}.`);
    const answer = { run: id.slice(0, 8), metric, points: total, sources };
    if (total <= pieces) {
      const { steps, values } = store.metricColumns(id, metric, 0, total);
      return { ...answer, curve: [...steps].map((step, at) => ({ step, value: values[at] })) };
    }
    return { ...answer, curve: inPieces(store, id, metric, total, pieces) };
  },
});

interface Piece {
  fromStep: number;
  toStep: number;
  min: number;
  max: number;
  mean: number;
  last: number;
  /** Values that are no finite numbers, left out of the others. */
  notFinite?: number;
}

function inPieces(store: Store, id: string, metric: string, total: number, count: number): Piece[] {
  const pieces: Piece[] = [];
  let counted = 0;
  for (let from = 0; from < total; from += PAGE) {
    const { steps, values } = store.metricColumns(id, metric, from, PAGE);
    for (let at = 0; at < steps.length; at++) {
      const index = Math.floor(((from + at) * count) / total);
      if (index === pieces.length) {
        pieces.push({ fromStep: steps[at]!, toStep: 0, min: Number.NaN, max: Number.NaN, mean: Number.NaN, last: 0 });
        counted = 0;
      }
      const piece = pieces[index]!;
      const value = values[at]!;
      piece.toStep = steps[at]!;
      piece.last = value;
      if (!Number.isFinite(value)) {
        piece.notFinite = (piece.notFinite ?? 0) + 1;
        continue;
      }
      counted++;
      if (!(piece.min <= value)) piece.min = value;
      if (!(piece.max >= value)) piece.max = value;
      piece.mean = counted === 1 ? value : piece.mean + (value - piece.mean) / counted;
    }
  }
  return pieces;
}

function metricNames(store: Store, id: string): string {
  const names = Object.keys(store.getSummaries([id])[0]?.metrics ?? {});
  return names.length === 0 ? "none" : names.slice(0, 50).join(", ");
}

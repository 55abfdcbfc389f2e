/** From what lines say to points: which epoch a line belongs to, and which step its values get. */
import * as z from "zod/mini";
import type { MetricPoint } from "../domain/run";
import type { LineMatch } from "./outputRules";
import { createSeriesSet, type Position, SavedSeries } from "./outputSeries";

export const SavedPlace = z.object({
  series: SavedSeries,
  /** The epoch that was named last, in a line of its own or with values. */
  epoch: z.optional(z.number()),
  /** The epoch whose progress bar was finished last. */
  barOf: z.optional(z.number()),
});

export interface Placer {
  /** Adds the points of a line to `into`. `whole` false: the line may yet change, so nothing is remembered of it. */
  place(match: LineMatch, time: number, whole: boolean, into: MetricPoint[]): void;
  lastStep(key: string): number | undefined;
  /** Whether names were refused because there are too many. */
  readonly full: boolean;
  save(): z.infer<typeof SavedPlace>;
}

export function createPlacer(saved?: z.infer<typeof SavedPlace>): Placer {
  const series = createSeriesSet(saved?.series);
  let epoch = saved?.epoch;
  let barOf = saved?.barOf;
  return {
    place(match, time, whole, into) {
      const current = match.epoch ?? epoch;
      // Keras prints `evaluate()` after training as it prints an epoch: that is no further value of the epoch's series.
      const evaluation = match.bar === "keras" && match.epoch === undefined && epoch !== undefined && barOf === epoch;
      if (whole) {
        epoch = current;
        if (match.bar && match.step === match.total) barOf = current;
      }
      const position = evaluation ? {} : positionOf(match, current);
      for (const { key: name, value } of match.values) {
        const key = evaluation ? `eval_${name}` : name;
        const step = series.place(key, position, whole);
        if (step !== undefined) into.push({ key, value, step, time });
      }
    },
    lastStep: series.lastStep,
    get full() {
      return series.full;
    },
    save: () => ({ series: series.save(), epoch, barOf }),
  };
}

/** A progress bar counts batches: within an epoch its values are the epoch's. */
function positionOf({ bar, step, total }: LineMatch, epoch: number | undefined): Position {
  if (!bar) return { epoch, step, total };
  return epoch === undefined ? { step } : { epoch };
}

/** Which step a value read from the output belongs to, when lines tell it in epochs, steps, both or not at all. */
import * as z from "zod/mini";

/** What a line, or the epoch header above it, says about where the run is. */
export interface Position {
  epoch?: number | undefined;
  step?: number | undefined;
  /** Of a counter "n of total". */
  total?: number | undefined;
}

/** Where the series of one metric stands. */
const Series = z.object({
  /** The step given last. */
  last: z.number(),
  /** Whether its lines count steps or only epochs; absent while they count nothing. */
  counts: z.optional(z.enum(["step", "epoch"])),
  /** First and last count as printed, the epoch printed with it, and what is added because counting began anew. */
  first: z.number(),
  printed: z.number(),
  epoch: z.optional(z.number()),
  base: z.number(),
});
type Series = z.infer<typeof Series>;
export const SavedSeries = z.record(z.string(), Series);

/** Metrics that one run's output may make. */
const MAX_KEYS = 1_000;

export interface SeriesSet {
  /** The step of a value. With `keep` false the series stays where it is: the line may yet change. */
  place(key: string, position: Position, keep: boolean): number | undefined;
  lastStep(key: string): number | undefined;
  /** Whether names were refused because there are too many. */
  readonly full: boolean;
  save(): z.infer<typeof SavedSeries>;
}

/**
 * Rules: a step printed is the step; else the epoch is; else it is one more than the last. A count that begins anew goes on
 * where it was, so that "Epoch 2 [64/60000]" follows "Epoch 1 [59968/60000]" and a second training follows the first.
 */
export function createSeriesSet(saved: z.infer<typeof SavedSeries> = {}): SeriesSet {
  const all = new Map(Object.entries(saved));
  let full = false;
  return {
    place(key, position, keep) {
      const series = all.get(key);
      if (!series && all.size >= MAX_KEYS) {
        full = true;
        return undefined;
      }
      if (!series) {
        const begun = begin(position);
        // A key cut out of a line keeps the whole chunk of output in memory: a fresh copy does not.
        if (keep) all.set(Buffer.from(key).toString(), begun);
        return begun.last;
      }
      return advance(keep ? series : { ...series }, position);
    },
    lastStep: (key) => all.get(key)?.last,
    get full() {
      return full;
    },
    save: () => Object.fromEntries(all),
  };
}

function begin({ epoch, step }: Position): Series {
  const printed = step ?? epoch;
  if (printed === undefined) return { last: 0, first: 0, printed: 0, base: 0 };
  return { last: printed, counts: step === undefined ? "epoch" : "step", first: printed, printed, epoch, base: 0 };
}

/** Moves the series on and gives its step. */
function advance(series: Series, { epoch, step, total }: Position): number {
  const printed = step ?? epoch;
  if (printed === undefined) {
    series.last = Math.floor(series.last) + 1;
    return series.last;
  }
  const counts = step === undefined ? "epoch" : "step";
  // The summary of an epoch, of a metric that is printed at every step: it belongs to the last step.
  if (series.counts === "step" && counts === "epoch") return series.last;
  if (series.counts !== counts) {
    series.counts = counts;
    series.first = printed;
    series.base = printed > series.last ? 0 : series.last;
  } else if (beganAnew(series, printed, epoch)) series.base += counted(series, total);
  series.printed = printed;
  if (epoch !== undefined) series.epoch = epoch;
  series.last = series.base + printed;
  return series.last;
}

function beganAnew(series: Series, printed: number, epoch: number | undefined): boolean {
  const nextEpoch = series.counts === "step" && epoch !== undefined && epoch > (series.epoch ?? epoch);
  if (nextEpoch) return printed <= series.printed;
  return series.printed > series.first && printed <= series.first;
}

/** How far the count had come when it began anew; a count from 0 holds one more than its last number. */
function counted(series: Series, total: number | undefined): number {
  return total ?? series.printed + (series.first === 0 ? 1 : 0);
}

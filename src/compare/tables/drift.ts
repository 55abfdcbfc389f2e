/**
 * The population stability index: Σ (q - p) · ln(q / p) over bins, with p and q the shares of a bin before and after.
 * Source: N. Siddiqi, "Credit Risk Scorecards", Wiley 2006, ch. 6, with its rule of thumb: below 0.1 no change, up to 0.25
 * some. Missing values are a bin of their own. Half a value is added to each bin, so that an empty one is no infinity.
 */
import type { Drift } from "../../domain/tableComparison";
import type { ColumnSummary } from "./columnProfile";
import { binWeights, quantilesOf } from "./sketches/quantileSketch";

const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** A bin that is to say something about texts has so many of them. */
const VALUES_PER_BIN = 100;
const FEWEST_BINS = 10;

/** Null where there is nothing to compare: no values, other kinds of values, or texts that are nearly all different. */
export function driftOf(before: ColumnSummary, after: ColumnSummary): Drift | null {
  const bins = numberBins(before, after) ?? valueBins(before, after);
  if (!bins) return null;
  const missing = [before.description.missing, after.description.missing] as const;
  const value = stabilityIndex([...bins[0], missing[0]], [...bins[1], missing[1]]);
  return { method: "psi", value, level: value < 0.1 ? "none" : value <= 0.25 ? "some" : "large" };
}

type Bins = readonly [number[], number[]];

/** Numbers and times: by the deciles of what was before. */
function numberBins(before: ColumnSummary, after: ColumnSummary): Bins | null {
  if (!before.numbers || !after.numbers || !isNumeric(before) || !isNumeric(after)) return null;
  const isTime = (column: ColumnSummary) => column.description.type === "time";
  if (isTime(before) !== isTime(after)) return null;
  const cuts = [...new Set(quantilesOf(before.numbers, DECILES))];
  return [binWeights(before.numbers, cuts), binWeights(after.numbers, cuts)];
}

function isNumeric({ description: { type } }: ColumnSummary): boolean {
  return type === "integer" || type === "number" || type === "time";
}

/** Everything else: by value, the most frequent ones before, and the rest. */
function valueBins(before: ColumnSummary, after: ColumnSummary): Bins | null {
  if (!before.counts || !after.counts || isNumeric(before) !== isNumeric(after)) return null;
  const total = [before.description.count, after.description.count] as const;
  const most = Math.max(FEWEST_BINS, Math.floor(Math.min(...total) / VALUES_PER_BIN));
  const chosen = before.counts.hashes.subarray(0, most);
  const counted = new Map(Array.from(after.counts.hashes, (hash, i) => [hash, after.counts!.counts[i]!]));
  const ofBefore = Array.from(before.counts.counts.subarray(0, chosen.length));
  const ofAfter = Array.from(chosen, (hash) => counted.get(hash) ?? 0);
  const rest = (all: number, some: number[]) => all - some.reduce((sum, count) => sum + count, 0);
  const restBefore = rest(total[0], ofBefore);
  // What is mostly rest hides any change within.
  if (restBefore > total[0] / 2) return null;
  return [
    [...ofBefore, restBefore],
    [...ofAfter, rest(total[1], ofAfter)],
  ];
}

function stabilityIndex(before: number[], after: number[]): number {
  const totals = [before, after].map((bins) => bins.reduce((sum, count) => sum + count + 0.5, 0));
  return before.reduce((index, count, bin) => {
    const p = (count + 0.5) / totals[0]!;
    const q = (after[bin]! + 0.5) / totals[1]!;
    return index + (q - p) * Math.log(q / p);
  }, 0);
}

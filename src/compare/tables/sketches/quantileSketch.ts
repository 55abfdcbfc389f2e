/**
 * Approximate quantiles in bounded memory. Values are buffered; a full buffer is sorted and every second value of it goes
 * up a level, where it stands for twice as many.
 * Source: Z. Karnin, K. Lang, E. Liberty, "Optimal Quantile Approximation in Streams", FOCS 2016, with buffers of one size.
 */
import { Random } from "./random";

/** Values in ascending order, and how many each stands for. */
export interface WeightedValues {
  values: Float64Array;
  weights: Float64Array;
}

export class QuantileSketch {
  private readonly levels: Level[] = [];
  private readonly random = new Random();

  /** `size`: values per buffer, an even number. Memory is 8 · size · log2(count / size) bytes. */
  constructor(private readonly size: number) {
    this.levels.push({ values: new Float64Array(size), used: 0 });
  }

  add(value: number): void {
    const first = this.levels[0]!;
    first.values[first.used++] = value;
    if (first.used === this.size) this.compact(0);
  }

  /**
   * How far a rank may be off as a share of the count, with 99 % confidence. Each compaction of weight w moves a rank by w
   * or not at all; with n / (size · w) of them at each level, their variance sums to less than 2 · (n / size)².
   */
  get rankError(): number {
    return this.levels.length === 1 ? 0 : (2.576 * Math.SQRT2) / this.size;
  }

  weighted(): WeightedValues {
    const items = this.levels.flatMap(({ values, used }, level) =>
      Array.from(values.subarray(0, used), (value) => ({ value, weight: 2 ** level })),
    );
    items.sort((a, b) => a.value - b.value);
    return {
      values: Float64Array.from(items, ({ value }) => value),
      weights: Float64Array.from(items, ({ weight }) => weight),
    };
  }

  private compact(index: number): void {
    const { values } = this.levels[index]!;
    values.sort();
    let upper = this.levels[index + 1];
    if (!upper) {
      upper = { values: new Float64Array(this.size), used: 0 };
      this.levels.push(upper);
    }
    for (let i = this.random.bit(); i < this.size; i += 2) {
      upper.values[upper.used++] = values[i]!;
      // Never in the midst of a round for a size that is a multiple of 4, but then for certain.
      if (upper.used === this.size) this.compact(index + 1);
    }
    this.levels[index]!.used = 0;
  }
}

interface Level {
  values: Float64Array;
  used: number;
}

/** The values at the ranks (from 0 to 1), each at least as large as that share of all; none for no values. */
export function quantilesOf({ values, weights }: WeightedValues, ranks: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let at = 0;
  let below = weights[0] ?? 0;
  return ranks.flatMap((rank) => {
    while (at < values.length - 1 && below < rank * total) below += weights[++at]!;
    return values.length === 0 ? [] : [values[at]!];
  });
}

/** How much weight lies in each of the bins that `cuts` (ascending) make: up to and with the first cut, and so on. */
export function binWeights({ values, weights }: WeightedValues, cuts: readonly number[]): number[] {
  const bins = new Array<number>(cuts.length + 1).fill(0);
  let bin = 0;
  values.forEach((value, index) => {
    while (bin < cuts.length && value > cuts[bin]!) bin++;
    bins[bin]! += weights[index]!;
  });
  return bins;
}

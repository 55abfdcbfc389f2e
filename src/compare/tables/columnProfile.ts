/** Gathers what one column holds, value by value, in bounded memory. */
import type { ColumnDescription, ColumnType, ValueKind } from "../../domain/tableComparison";
import { QUANTILE_RANKS } from "../../domain/tableComparison";
import { type Cell, INTEGER, KIND_NAMES, NUMBER, TEXT, TIME } from "./cell";
import { countDistinct, DistinctSketch, type HashSample, hashNumber } from "./sketches/distinctSketch";
import { FrequentValues } from "./sketches/frequentValues";
import { Moments } from "./sketches/moments";
import { QuantileSketch, quantilesOf, type WeightedValues } from "./sketches/quantileSketch";

/** How much memory a column may have; less in wide tables. */
export interface Precision {
  /** Values that are counted one by one. */
  values: number;
  distinct: number;
  quantiles: number;
}

/** What is kept of a column once all of it was read: the description, and what comparing needs beyond that. */
export interface ColumnSummary {
  description: ColumnDescription;
  hashes: HashSample;
  /** Null without numbers. */
  numbers: WeightedValues | null;
  /** Values by their hash (as one number), the most frequent first; null where they were too many to be counted. */
  counts: { hashes: Float64Array; counts: Float64Array; isComplete: boolean } | null;
}

const SHOWN_VALUES = 20;

/** About 200 kB a column in narrow tables, 20 kB from some thousand columns on. */
export function precisionFor(columns: number): Precision {
  if (columns <= 64) return { values: 1024, distinct: 2048, quantiles: 1024 };
  if (columns <= 512) return { values: 256, distinct: 512, quantiles: 256 };
  return { values: 64, distinct: 256, quantiles: 128 };
}

export class ColumnProfile {
  declaredType: string | null = null;
  private readonly kinds = new Float64Array(KIND_NAMES.length);
  private readonly moments = new Moments();
  /** Null once the values are numbers and too many. */
  private frequent: FrequentValues | null;
  /** Null as long as `frequent` has every value. */
  private distinct: DistinctSketch | null = null;
  private quantiles: QuantileSketch | null = null;
  /** Whether the numbers of this column are times; null as long as there are none. */
  private isTime: boolean | null = null;

  /** `isTyped`: values have types of their own; else (CSV) what is not all of one kind is text. */
  constructor(
    readonly name: string,
    private readonly precision: Precision,
    private readonly isTyped: boolean,
  ) {
    this.frequent = new FrequentValues(precision.values);
  }

  /** Takes a value that is not missing. */
  add(cell: Cell): void {
    const { kind } = cell;
    this.kinds[kind]!++;
    const number = this.isNumber(kind, cell.number) ? cell.number : Number.NaN;
    const isNumber = !Number.isNaN(number);
    if (isNumber) this.moments.add(number);
    if (this.distinct === null) {
      if (this.frequent!.add(cell, number)) return;
      this.startSketches();
    }
    this.distinct!.add(cell.low, cell.high);
    if (isNumber) this.quantiles!.add(number);
    if (this.frequent === null || this.frequent.add(cell, number)) return;
    this.frequent.purge();
    this.frequent.add(cell, number);
  }

  /** `rows`: how many the table has; those without a value here are missing. */
  summary(rows: number): ColumnSummary {
    const count = this.kinds.reduce((sum, some) => sum + some, 0);
    const hashes = this.hashes();
    const numbers = this.moments.count === 0 ? null : this.weighted();
    const top = this.frequent?.top(this.precision.values) ?? null;
    const countError = this.frequent?.countError ?? 0;
    const kinds = KIND_NAMES.flatMap((name, kind) =>
      name && this.kinds[kind]! > 0 ? [[name, this.kinds[kind]!]] : [],
    );
    const description: ColumnDescription = {
      name: this.name,
      type: typeOf(
        kinds.map(([name]) => name as ValueKind),
        this.isTyped,
      ),
      declaredType: this.declaredType,
      kinds: Object.fromEntries(kinds),
      count,
      missing: rows - count,
      distinct: countDistinct(hashes),
      numbers: numbers && {
        count: this.moments.count,
        min: this.moments.min,
        max: this.moments.max,
        mean: this.moments.mean,
        std: this.moments.std,
        quantiles: quantilesOf(numbers, QUANTILE_RANKS),
        rankError: this.quantiles?.rankError ?? 0,
      },
      top: top && {
        values: top.slice(0, SHOWN_VALUES).map(({ text, count: times }) => ({ value: text, count: times })),
        countError,
      },
    };
    const counts = top && {
      hashes: Float64Array.from(top, ({ low, high }) => hashNumber(low, high)),
      counts: Float64Array.from(top, ({ count: times }) => times),
      isComplete: countError === 0,
    };
    return { description, hashes, numbers, counts };
  }

  /** Numbers and times are not added up together: the kind that came first counts. Infinity has no mean. */
  private isNumber(kind: number, value: number): boolean {
    if (kind !== INTEGER && kind !== NUMBER && kind !== TIME) return false;
    this.isTime ??= kind === TIME;
    return this.isTime === (kind === TIME) && Number.isFinite(value);
  }

  /** There are too many values to count each: what is known goes into the sketches. */
  private startSketches(): void {
    this.distinct = new DistinctSketch(this.precision.distinct);
    this.quantiles = new QuantileSketch(this.precision.quantiles);
    for (const { low, high, number, count } of this.frequent!.values()) {
      this.distinct.add(low, high);
      if (!Number.isNaN(number)) for (let i = 0; i < count; i++) this.quantiles.add(number);
    }
    if (this.kinds[TEXT] === 0) this.frequent = null;
  }

  private hashes(): HashSample {
    if (this.distinct) return this.distinct.sample();
    const hashes = Float64Array.from(this.frequent!.values(), ({ low, high }) => hashNumber(low, high));
    return { hashes, limit: 2 ** 53 };
  }

  private weighted(): WeightedValues {
    if (this.quantiles) return this.quantiles.weighted();
    const values = [...this.frequent!.values()].filter(({ number }) => !Number.isNaN(number));
    values.sort((a, b) => a.number - b.number);
    return {
      values: Float64Array.from(values, ({ number }) => number),
      weights: Float64Array.from(values, ({ count }) => count),
    };
  }
}

function typeOf(kinds: ValueKind[], isTyped: boolean): ColumnType {
  const [first, ...others] = kinds.filter((kind) => kind !== "integer" || !kinds.includes("number"));
  if (first === undefined) return "empty";
  return others.length === 0 ? first : isTyped ? "mixed" : "text";
}

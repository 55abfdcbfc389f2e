/**
 * Counts how often each value occurs: exactly as long as there are few different ones, then only of those that are
 * frequent. When the table is full, the median of its counts is taken off all of them and what is left without is dropped.
 * Source: D. Anderson, P. Bevan, K. Lang, E. Liberty, L. Rhodes, J. Thaler, "A High-Performance Algorithm for Identifying
 * Frequent Items in Data Streams", IMC 2017.
 */
import type { Cell } from "../cell";

export interface CountedValue {
  low: number;
  high: number;
  count: number;
  /** NaN when the value is none. */
  number: number;
  /** As a person reads it. */
  text: string;
}

const SMALLEST = 16;

export class FrequentValues {
  /** What may be missing from a count; 0 as long as every value is here. */
  countError = 0;
  used = 0;
  private capacity = SMALLEST;
  private lows = new Int32Array(SMALLEST);
  private highs = new Int32Array(SMALLEST);
  /** 0 is a free place. */
  private counts = new Float64Array(SMALLEST);
  private numbers = new Float64Array(SMALLEST);
  private texts = new Array<string>(SMALLEST);

  /** `limit`: how many values are kept at most, a power of two. */
  constructor(private readonly limit: number) {}

  /** `number`: the value as one, or NaN. False when the value is a new one and there is no place: `purge` makes some. */
  add(cell: Cell, number: number): boolean {
    const { low, high } = cell;
    const at = this.find(low, high);
    if (this.counts[at]! > 0) {
      this.counts[at]!++;
      return true;
    }
    if (this.used === this.limit) return false;
    this.put(at, low, high, 1, number, cell.text());
    return true;
  }

  /** Every value here, in no order. */
  *values(): Generator<CountedValue> {
    for (let at = 0; at < this.capacity; at++) {
      const count = this.counts[at]!;
      if (count === 0) continue;
      const [low, high, number, text] = [this.lows[at]!, this.highs[at]!, this.numbers[at]!, this.texts[at]!];
      yield { low, high, count, number, text };
    }
  }

  /** The `count` most frequent ones; equally frequent ones by their text. */
  top(count: number): CountedValue[] {
    return [...this.values()].sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1)).slice(0, count);
  }

  /** Forgets the rarer half. */
  purge(): void {
    const all = [...this.values()];
    const counts = all.map(({ count }) => count).sort((a, b) => a - b);
    const median = counts[counts.length >> 1]!;
    this.countError += median;
    this.clear();
    for (const { low, high, count, number, text } of all) {
      if (count > median) this.put(this.find(low, high), low, high, count - median, number, text);
    }
  }

  private find(low: number, high: number): number {
    const mask = this.capacity - 1;
    let at = low & mask;
    while (this.counts[at]! > 0 && (this.lows[at] !== low || this.highs[at] !== high)) at = (at + 1) & mask;
    return at;
  }

  private put(at: number, low: number, high: number, count: number, number: number, text: string): void {
    this.lows[at] = low;
    this.highs[at] = high;
    this.counts[at] = count;
    this.numbers[at] = number;
    this.texts[at] = text;
    if (++this.used * 2 > this.capacity) this.grow();
  }

  private grow(): void {
    const all = [...this.values()];
    this.capacity *= 4;
    this.lows = new Int32Array(this.capacity);
    this.highs = new Int32Array(this.capacity);
    this.counts = new Float64Array(this.capacity);
    this.numbers = new Float64Array(this.capacity);
    this.texts = new Array<string>(this.capacity);
    this.used = 0;
    for (const { low, high, count, number, text } of all) {
      this.put(this.find(low, high), low, high, count, number, text);
    }
  }

  private clear(): void {
    this.counts.fill(0);
    this.texts.fill("");
    this.used = 0;
  }
}

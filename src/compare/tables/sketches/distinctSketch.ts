/**
 * Approximate number of different values, and how alike two sets of them are: the hashes below a threshold are kept, and
 * the threshold falls so that there are never more than `2 · size`.
 * Source: A. Dasgupta, K. Lang, L. Rhodes, J. Thaler, "A Framework for Estimating Stream Expression Cardinalities", ICDT
 * 2016 (the theta sketch).
 */
const HASHES = 2 ** 53;

/** The different hashes below `limit`, as numbers below 2^53. */
export interface HashSample {
  hashes: Float64Array;
  /** 2^53: these are all there are. */
  limit: number;
}

/** A hash of two 32-bit lanes as one number below 2^53. */
export function hashNumber(low: number, high: number): number {
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}

export class DistinctSketch {
  private limit = HASHES;
  private used = 0;
  /** An open hash table; 0 is free. */
  private slots: Float64Array;

  /** `size`: hashes that are kept at least; the standard error is 1/√size. Memory is at most 32 · size bytes. */
  constructor(private readonly size: number) {
    this.slots = new Float64Array(4 * size);
  }

  add(low: number, high: number): void {
    const hash = hashNumber(low, high);
    if (hash < this.limit && hash !== 0) this.insert(hash);
  }

  sample(): HashSample {
    return { hashes: this.slots.filter((hash) => hash !== 0), limit: this.limit };
  }

  private insert(hash: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let at = hash & mask;
    while (slots[at] !== 0) {
      if (slots[at] === hash) return;
      at = (at + 1) & mask;
    }
    slots[at] = hash;
    if (++this.used === 2 * this.size) this.lowerLimit();
  }

  private lowerLimit(): void {
    const sorted = this.slots.filter((hash) => hash !== 0).sort();
    this.limit = sorted[this.size]!;
    this.slots.fill(0);
    this.used = 0;
    for (const hash of sorted.subarray(0, this.size)) this.insert(hash);
  }
}

/** How many different values the sample stands for, and the standard error as a share of that; 0: exact. */
export function countDistinct({ hashes, limit }: HashSample): { count: number; error: number } {
  if (limit === HASHES) return { count: hashes.length, error: 0 };
  return { count: Math.round((hashes.length / limit) * HASHES), error: 1 / Math.sqrt(hashes.length - 1) };
}

/** The share of the values of both that are in both, from 0 to 1 (the Jaccard index); an estimate where a sample is one. */
export function likenessOf(a: HashSample, b: HashSample): number {
  const limit = Math.min(a.limit, b.limit);
  const below = ({ hashes }: HashSample) => new Set(hashes.filter((hash) => hash < limit));
  const [ofA, ofB] = [below(a), below(b)];
  let both = 0;
  for (const hash of ofA) if (ofB.has(hash)) both++;
  const either = ofA.size + ofB.size - both;
  return either === 0 ? 0 : both / either;
}

/**
 * Random numbers that are the same each time, so that the same values give the same sketch.
 * Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
 */
export class Random {
  private state = 0x2545f491;

  /** 0 or 1. */
  bit(): number {
    return this.next() & 1;
  }

  /** 32 bits, as a signed integer. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x;
  }
}

/**
 * 64-bit hashes of values in two lanes of 32 bits, which is what JavaScript computes fast. A value has the same hash
 * whichever format it was read from. Two values of many have the same one with a probability of about n² / 2^65.
 * Source of the steps: A. Appleby, MurmurHash3 (x86, 32 bits), once per lane with other constants in the second.
 */
export class Hash {
  low = 0;
  high = 0;

  ofBytes(bytes: Uint8Array, start: number, end: number): void {
    let a = 0x9747b28c;
    let b = 0x2f0b4a27;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      a = stepLow(a, word);
      b = stepHigh(b, word);
    }
    let rest = 0;
    for (let shift = 0; i < end; i++, shift += 8) rest |= bytes[i]! << shift;
    a = stepLow(a, rest);
    b = stepHigh(b, rest);
    this.finish(a, b, end - start);
  }

  /** Equal numbers have equal hashes, 0 and -0 too. */
  ofNumber(value: number): void {
    FLOAT[0] = value + 0;
    this.ofWords(WORDS[0]!, WORDS[1]!, 8);
  }

  /** `tag` keeps hashes of different kinds of values apart. */
  ofWords(first: number, second: number, tag: number): void {
    this.finish(stepLow(stepLow(0x3c6ef372, first), second), stepHigh(stepHigh(0x5bd1e995, first), second), tag);
  }

  private finish(a: number, b: number, length: number): void {
    const low = avalanche(a ^ length);
    this.low = low;
    this.high = avalanche((b ^ length) + low);
  }
}

const FLOAT = new Float64Array(1);
const WORDS = new Int32Array(FLOAT.buffer);

function stepLow(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function stepHigh(hash: number, word: number): number {
  const k = Math.imul(word, 0x239b961b);
  const h = hash ^ Math.imul((k << 17) | (k >>> 15), 0xab0e9789);
  return (Math.imul((h << 15) | (h >>> 17), 5) + 0x561ccd1b) | 0;
}

/** Spreads every bit over all bits. */
export function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Random numbers that are the same each time, so that a gate says the same about the same version. */

/** In [0, 1), from 32 bits of state. Source: Mulberry32 by T. Ettinger, 2017 (public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers. Source: G. E. P. Box, M. E. Muller, Annals of Mathematical Statistics 29(2), 1958. */
export function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` different whole numbers below `total`, in ascending order: any as likely as any other. */
export function drawPlaces(total: number, count: number, seed = 0): number[] {
  const random = seededRandom(seed);
  const places: number[] = [];
  // Selection sampling: D. E. Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S.
  for (let at = 0; at < total && places.length < count; at++) {
    if ((total - at) * random() < count - places.length) places.push(at);
  }
  return places;
}

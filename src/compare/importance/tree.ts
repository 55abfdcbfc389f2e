/** A regression tree (Breiman et al. 1984): splits that leave the least squared error, down to leaves that hold a mean. */

export interface TreeOptions {
  /** Features that are tried at each split. */
  tried: number;
  /** Rows of a leaf at least. */
  leaf: number;
  /** From 0 up to, not including, 1. */
  random(): number;
}

/** The value that the tree gives for a row; `feature` tells the row's features. */
export type Tree = (feature: (index: number) => number) => number;

/** `features`: columns of equal length. `rows`: indexes of those to learn from, some perhaps more than once. */
export function growTree(
  features: readonly (readonly number[])[],
  target: readonly number[],
  rows: readonly number[],
  options: TreeOptions,
): Tree {
  const split = rows.length >= options.leaf * 2 ? bestSplit(features, target, rows, options) : undefined;
  if (!split) {
    const mean = rows.reduce((sum, row) => sum + target[row]!, 0) / rows.length;
    return () => mean;
  }
  const { feature, bound } = split;
  const column = features[feature]!;
  const isLeft = (row: number) => column[row]! <= bound;
  const grow = (part: number[]) => growTree(features, target, part, options);
  const left = grow(rows.filter(isLeft));
  const right = grow(rows.filter((row) => !isLeft(row)));
  return (of) => (of(feature) <= bound ? left(of) : right(of));
}

interface Split {
  feature: number;
  /** Rows with at most this go left. */
  bound: number;
}

function bestSplit(
  features: readonly (readonly number[])[],
  target: readonly number[],
  rows: readonly number[],
  { tried, leaf, random }: TreeOptions,
): Split | undefined {
  let best: (Split & { gain: number }) | undefined;
  const total = rows.reduce((sum, row) => sum + target[row]!, 0);
  for (const feature of someOf(features.length, tried, random)) {
    const column = features[feature]!;
    const sorted = rows.toSorted((a, b) => column[a]! - column[b]!);
    let sum = 0;
    for (let count = 1; count < sorted.length; count++) {
      sum += target[sorted[count - 1]!]!;
      const [here, next] = [column[sorted[count - 1]!]!, column[sorted[count]!]!];
      const rest = sorted.length - count;
      if (here === next || count < leaf || rest < leaf) continue;
      // The squared error that is left falls by as much as this grows.
      const gain = (sum * sum) / count + (total - sum) ** 2 / rest - (total * total) / sorted.length;
      if (gain > (best?.gain ?? 1e-12)) best = { feature, bound: here / 2 + next / 2, gain };
    }
  }
  return best;
}

/** Different indexes, in random order. */
function someOf(count: number, wanted: number, random: () => number): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  for (let at = 0; at < Math.min(wanted, count); at++) {
    const other = at + Math.floor(random() * (count - at));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, wanted);
}

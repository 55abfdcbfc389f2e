/**
 * Which params mattered for a metric: Spearman's rank correlation, and permutation importance by a random forest (Breiman 2001):
 * how much worse the forest predicts runs that its trees have not seen when one param's values are shuffled among them.
 *
 * What it is not: a proof. It tells of the runs that there are; params that were changed together share their importance; what
 * was never changed has none; and with few runs, or where the forest explains little (`explained`), it is a guess.
 */
import { encode, type Param } from "./encode";
import { rankCorrelation } from "./ranks";
import { growTree, type Tree } from "./tree";

export interface ParamImportance {
  name: string;
  /** -1 to 1; null for params that are no numbers, and where it has no meaning. */
  correlation: number | null;
  /** By how much the squared error grows, as a share of the metric's variance; about 0 or below: does not matter. */
  importance: number;
  /** Standard error of `importance` over the trees. */
  spread: number;
}

export interface Importance {
  /** The most important first. Params with one value only are left out. */
  params: ParamImportance[];
  /** Runs that have a finite value of the metric. */
  runs: number;
  /** Share of the metric's variance that the forest predicts in unseen runs: 1 all, 0 or less nothing. */
  explained: number;
}

/** With fewer runs nothing can be said. */
export const LEAST_RUNS = 10;
const TREES = 200;
const LEAF = 3;

/** Equal input gives equal output. Null: fewer than `LEAST_RUNS` runs with a finite value, or all have the same. */
export function importanceOf(params: readonly Param[], metric: readonly number[]): Importance | null {
  const steps = importanceSteps(params, metric);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps of one tree, for a thread that has more to do. */
export function* importanceSteps(
  params: readonly Param[],
  metric: readonly number[],
): Generator<undefined, Importance | null> {
  const used = metric.map((_, run) => run).filter((run) => Number.isFinite(metric[run]));
  const target = used.map((run) => metric[run]!);
  const mean = target.reduce((sum, value) => sum + value / target.length, 0);
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2 / target.length, 0);
  const isConstant = target.every((value) => value === target[0]);
  if (used.length < LEAST_RUNS || isConstant || !(variance > 0) || !Number.isFinite(variance)) return null;

  const scaled = target.map((value) => (value - mean) / Math.sqrt(variance));
  const varied = params
    .map(({ name, values }) =>
      encode(
        name,
        used.map((run) => values[run] ?? null),
      ),
    )
    .filter(({ distinct }) => distinct > 1);
  const features = varied.flatMap(({ columns }) => columns);
  const random = createRandom();
  const forest = yield* growForest(features, scaled, random);
  const { rises, explained } = yield* permute(varied, features, scaled, forest, random);
  const found = varied.map(({ name, numbers }, place): ParamImportance => {
    const correlation = numbers ? rankCorrelation(numbers, target) : Number.NaN;
    return { name, correlation: Number.isNaN(correlation) ? null : correlation, ...meanOf(rises[place]!) };
  });
  return { params: found.sort((a, b) => b.importance - a.importance), runs: used.length, explained };
}

interface Grown {
  tree: Tree;
  /** Rows that the tree has not seen. */
  unseen: number[];
}

function* growForest(
  features: readonly (readonly number[])[],
  target: readonly number[],
  random: () => number,
): Generator<undefined, Grown[]> {
  const options = { tried: Math.max(1, Math.ceil(features.length / 3)), leaf: LEAF, random };
  const forest: Grown[] = [];
  while (forest.length < TREES) {
    const rows = target.map(() => Math.floor(random() * target.length));
    const seen = new Set(rows);
    forest.push({
      tree: growTree(features, target, rows, options),
      unseen: target.map((_, row) => row).filter((row) => !seen.has(row)),
    });
    yield;
  }
  return forest;
}

type Encoded = ReturnType<typeof encode>;

/** For each param, by how much its shuffling raises each tree's squared error. */
function* permute(
  params: readonly Encoded[],
  features: readonly (readonly number[])[],
  target: readonly number[],
  forest: readonly Grown[],
  random: () => number,
): Generator<undefined, { rises: number[][]; explained: number }> {
  const rises: number[][] = params.map(() => []);
  const sums = target.map(() => ({ sum: 0, count: 0 }));
  for (const { tree, unseen } of forest) {
    yield;
    if (unseen.length < 2) continue;
    const plain = unseen.map((row) => tree((feature) => features[feature]![row]!));
    for (const [at, row] of unseen.entries()) {
      sums[row]!.sum += plain[at]!;
      sums[row]!.count++;
    }
    const error = errorOf(plain, unseen, target);
    let first = 0;
    for (const [place, { columns }] of params.entries()) {
      const [from, to] = [first, first + columns.length];
      first = to;
      const shuffled = shuffle(unseen, random);
      // All columns of a param move together.
      const values = unseen.map((row, at) =>
        tree((feature) => features[feature]![feature >= from && feature < to ? shuffled[at]! : row]!),
      );
      rises[place]!.push(errorOf(values, unseen, target) - error);
    }
  }
  const known = sums.flatMap(({ sum, count }, row) => (count > 0 ? [(sum / count - target[row]!) ** 2] : []));
  return { rises, explained: 1 - known.reduce((sum, square) => sum + square, 0) / known.length };
}

const errorOf = (predicted: readonly number[], rows: readonly number[], target: readonly number[]) =>
  predicted.reduce((sum, value, at) => sum + (value - target[rows[at]!]!) ** 2, 0) / rows.length;

function shuffle(rows: readonly number[], random: () => number): number[] {
  const shuffled = [...rows];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
  }
  return shuffled;
}

function meanOf(values: readonly number[]): Pick<ParamImportance, "importance" | "spread"> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { importance: mean, spread: Math.sqrt(variance / values.length) };
}

/** Mulberry32, from the same start each time. */
function createRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

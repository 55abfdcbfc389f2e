/** The values that a sweep may try. */
import { UserError } from "../domain/errors";
import type { SweepParam, SweepRange, SweepSpec, SweepValue, TrialParams } from "../domain/sweep";

/** More combinations than anybody waits for, and than are kept. */
const MAX_GRID = 100_000;

/** Whether all values of a range are whole numbers. */
export function isWhole({ from, to, step = 1, type }: SweepRange): boolean {
  return type !== "float" && [from, to, step].every(Number.isInteger);
}

/** How many trials the whole grid has. Throws UserError for a param that has no end of values. */
export function gridSize({ params }: Pick<SweepSpec, "params">): number {
  const size = Object.entries(params).reduce((product, [name, param]) => product * gridLength(name, param), 1);
  if (size > MAX_GRID) {
    throw new UserError(
      `The grid has ${size} combinations, and at most ${MAX_GRID} can be tried. Take fewer values, or the method \`random\`.`,
    );
  }
  return size;
}

/** The combination at `index` of the grid; the last param changes quickest. */
export function gridPoint({ params }: Pick<SweepSpec, "params">, index: number): TrialParams {
  const point: [string, SweepValue][] = [];
  let rest = index;
  for (const [name, param] of Object.entries(params).reverse()) {
    const length = gridLength(name, param);
    point.unshift([name, gridValue(param, rest % length)]);
    rest = Math.floor(rest / length);
  }
  return Object.fromEntries(point);
}

/** The combination that a seed stands for at `index`: the same ones in the same order, however often it is asked. */
export function randomPoint({ params, seed }: Pick<SweepSpec, "params" | "seed">, index: number): TrialParams {
  const random = generator(seed, index);
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, randomValue(param, random())]));
}

function gridLength(name: string, param: SweepParam): number {
  if (Array.isArray(param)) return param.length;
  const step = stepOf(param);
  if (step === undefined) {
    throw new UserError(
      `The grid needs the values of "${name}": give it a \`step\` or a list of values, or take the method \`random\`.`,
    );
  }
  // A little more than a step's share of rounding, so that 0 to 1 by 0.1 has eleven values.
  return Math.floor((param.to - param.from) / step + 1e-9) + 1;
}

function gridValue(param: SweepParam, index: number): SweepValue {
  if (Array.isArray(param)) return param[index]!;
  return rounded(param.from + index * stepOf(param)!);
}

function stepOf(range: SweepRange): number | undefined {
  if (range.scale === "log") return undefined;
  return range.step ?? (isWhole(range) ? 1 : undefined);
}

/** The value at the share `at` of all, from 0 to below 1. */
function randomValue(param: SweepParam, at: number): SweepValue {
  if (Array.isArray(param)) return param[Math.floor(at * param.length)]!;
  const { from, to, scale } = param;
  const step = stepOf(param);
  if (step !== undefined) return gridValue(param, Math.floor(at * gridLength("", param)));
  if (scale === "linear") return from + at * (to - from);
  const value = Math.exp(Math.log(from) + at * (Math.log(to) - Math.log(from)));
  return isWhole(param) ? Math.min(to, Math.max(from, Math.round(value))) : value;
}

/** Steps of tenths are to be 0.3 and not 0.30000000000000004. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** Numbers from 0 to below 1. mulberry32 (Tommy Ettinger), whose first number already depends on all of seed and index. */
function generator(seed: number, index: number): () => number {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

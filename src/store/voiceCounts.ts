/** How far two curves have the same steps, and at these the same values. */
import type { Columns } from "./columns";

export interface CurveCounts {
  /** Steps, each once, of the more trusted curve, of the other, and of both. */
  betterSteps: number;
  lesserSteps: number;
  shared: number;
  /** Of the shared ones, those at which the values are not the same number. */
  differing: number;
}

export const NO_COUNTS: CurveCounts = { betterSteps: 0, lesserSteps: 0, shared: 0, differing: 0 };

/** Both sorted; of several values at one step the last counts. */
export function compareCurves(better: Columns, lesser: Columns): CurveCounts {
  const counts = { ...NO_COUNTS };
  let one = lastOfStep(better, 0);
  let other = lastOfStep(lesser, 0);
  while (one < better.steps.length || other < lesser.steps.length) {
    const ahead = (better.steps[one] ?? Number.POSITIVE_INFINITY) - (lesser.steps[other] ?? Number.POSITIVE_INFINITY);
    if (ahead <= 0) counts.betterSteps++;
    if (ahead >= 0) counts.lesserSteps++;
    if (ahead === 0) {
      counts.shared++;
      if (!isSameNumber(better.values[one]!, lesser.values[other]!)) counts.differing++;
    }
    if (ahead <= 0) one = lastOfStep(better, one + 1);
    if (ahead >= 0) other = lastOfStep(lesser, other + 1);
  }
  return counts;
}

export function addCounts(to: CurveCounts, { betterSteps, lesserSteps, shared, differing }: CurveCounts): void {
  to.betterSteps += betterSteps;
  to.lesserSteps += lesserSteps;
  to.shared += shared;
  to.differing += differing;
}

/** The index of the last point of the step that the point `at` is of. */
function lastOfStep({ steps }: Columns, at: number): number {
  let last = at;
  while (last + 1 < steps.length && steps[last + 1] === steps[at]) last++;
  return last;
}

/** Single precision, as in TensorBoard's files. */
const SINGLE = 2 ** -23;

/** Whether `written` may be `exact`, rounded to the digits that `written` has. */
export function isSameNumber(exact: number, written: number): boolean {
  if (Object.is(exact, written) || exact === written) return true;
  if (!Number.isFinite(exact) || !Number.isFinite(written)) return false;
  const rounding = 10 ** -decimalsOf(written) / 2;
  return Math.abs(exact - written) <= rounding * (1 + 1e-9) + Math.abs(exact) * SINGLE;
}

/** Digits behind the point; negative for 1e3. */
function decimalsOf(number: number): number {
  const [digits = "", exponent] = String(number).split("e");
  const point = digits.indexOf(".");
  return (point < 0 ? 0 : digits.length - point - 1) - Number(exponent ?? 0);
}

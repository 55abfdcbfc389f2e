/** Where an axis has its marks, and what stands at them. */
import { formatDuration } from "../../src/domain/format";
import { showNumber } from "../base/numbers";
import type { Scale } from "./scale";

export interface Tick {
  value: number;
  /** Empty: a mark without a label. */
  label: string;
}

/** `count`: a number of which there are no halves, such as a step. */
export type TickKind = "number" | "count" | "duration" | "time";

/** About `count` ticks, at round values. */
export function ticksOf(scale: Scale, count: number, kind: TickKind = "number"): Tick[] {
  if (!(scale.from < scale.to)) return [{ value: scale.from, label: labelOf(scale.from, kind) }];
  if (scale.log) return logTicks(scale, count, kind);
  if (kind === "number" || kind === "count") return numberTicks(scale, count, kind);
  return timeTicks(scale, count, kind);
}

function numberTicks(scale: Scale, count: number, kind: TickKind): Tick[] {
  const round = roundStep(((scale.to / 2 - scale.from / 2) / count) * 2);
  const step = kind === "count" ? Math.max(1, round) : round;
  return multiplesWithin(scale, step).map((value) => ({ value, label: stepLabel(value, step) }));
}

/** 1, 2 or 5 times a power of ten, at least `rough` (to within a hair). */
export function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return (share <= 1.001 ? 1 : share <= 2.001 ? 2 : share <= 5.001 ? 5 : 10) * power;
}

const MOST_TICKS = 50;

function multiplesWithin({ from, to }: Scale, step: number): number[] {
  const values: number[] = [];
  const first = Math.ceil(from / step - 1e-9);
  for (let at = 0; at < MOST_TICKS; at++) {
    const value = (first + at) * step;
    // Also ends where the step is too small to lead anywhere.
    if (!(value <= to + step * 1e-9) || value === values.at(-1)) break;
    values.push(value === 0 ? 0 : value);
  }
  return values;
}

/** With as many digits as tell a tick from the next. */
function stepLabel(value: number, step: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6 || size < 1e-3) {
    const digits = Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step)));
    return value.toExponential(Math.min(digits, 12)).replace(/(\.0+)?e\+?/, "e");
  }
  return value.toFixed(Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
}

/** Powers of ten, or of a thousand and more where there are many; with few of them also 2 and 5 times these. */
function logTicks({ from, to }: Scale, count: number, kind: TickKind): Tick[] {
  const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const stride = Math.max(1, Math.ceil((high - low + 1) / count));
  const ticks: Tick[] = [];
  for (let power = low - 1; power <= high; power++) {
    const factors = high - low < 2 ? [1, 2, 5] : [1];
    for (const factor of factors) {
      const value = factor * 10 ** power;
      if (value < from * (1 - 1e-9) || value > to * (1 + 1e-9)) continue;
      ticks.push({ value, label: (power - low) % stride === 0 ? labelOf(value, kind) : "" });
    }
  }
  // Less than a factor of two shows: its ends are better than nothing.
  return ticks.length > 1 ? ticks : [from, to].map((value) => ({ value, label: labelOf(value, kind) }));
}

const SECOND = 1_000;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .concat([1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND))
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60 * SECOND))
  .concat([1, 2, 3, 6, 12].map((hours) => hours * 3_600 * SECOND))
  .concat([1, 2, 5, 10, 30, 90, 365, 3_650].map((days) => days * 86_400 * SECOND));

/** Times of the day are those of this place. */
function timeTicks(scale: Scale, count: number, kind: TickKind): Tick[] {
  const span = scale.to - scale.from;
  const step = STEPS.find((candidate) => span / candidate <= count) ?? roundStep(span / count);
  const shift = kind === "time" ? new Date(scale.from).getTimezoneOffset() * 60 * SECOND || 0 : 0;
  const shifted = { ...scale, from: scale.from - shift, to: scale.to - shift };
  return multiplesWithin(shifted, step).map((value) => {
    return { value: value + shift, label: labelOf(value + shift, kind, step) };
  });
}

function labelOf(value: number, kind: TickKind, step = 0): string {
  if (kind === "number" || kind === "count") return showNumber(value);
  if (kind === "duration") return shortDuration(value);
  return timeLabel(value, step);
}

function shortDuration(ms: number): string {
  if (ms === 0) return "0";
  if (Math.abs(ms) < SECOND) return `${showNumber(ms)} ms`;
  if (ms < 0) return `-${shortDuration(-ms)}`;
  if (ms < 60 * SECOND) return `${showNumber(ms / SECOND)} s`;
  return formatDuration(ms).replace(/ 0+ (s|min|h)$/, "");
}

function timeLabel(time: number, step: number): string {
  if (Math.abs(time) > 8.64e15) return showNumber(time);
  const date = new Date(time);
  if (step >= 86_400 * SECOND) return date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (isMidnight && step >= 60 * SECOND) return date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  const seconds = step > 0 && step < 60 * SECOND ? ({ second: "2-digit" } as const) : {};
  return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", ...seconds });
}

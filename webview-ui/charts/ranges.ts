/** Zooming and moving what of an axis shows. On a log axis all of it goes by ratios. */
import type { Range } from "../plot/scale";

type Axis = Range & { log: boolean };

const toLine = (value: number, log: boolean) => (log ? Math.log(value) : value);
const fromLine = (value: number, log: boolean) => (log ? Math.exp(value) : value);

/** `factor` times as much shows as before; what is at `around` stays where it is. */
export function zoomed({ from, to, log }: Axis, around: number, factor: number): Range {
  const [low, high, centre] = [from, to, around].map((value) => toLine(value, log)) as [number, number, number];
  const range = {
    from: fromLine(centre - (centre - low) * factor, log),
    to: fromLine(centre + (high - centre) * factor, log),
  };
  // So near that numbers have no room between them, or so far that there are none: it stays as it was.
  return range.from < range.to && Number.isFinite(range.to - range.from) ? range : { from, to };
}

/** Moved on by this share of what shows. */
export function moved({ from, to, log }: Axis, share: number): Range {
  const [low, high] = [toLine(from, log), toLine(to, log)];
  const distance = (high - low) * share;
  return { from: fromLine(low + distance, log), to: fromLine(high + distance, log) };
}

/** A place on the axis, moved on by this share of what shows, within it. */
export function stepped({ from, to, log }: Axis, at: number, share: number): number {
  const [low, high] = [toLine(from, log), toLine(to, log)];
  return Math.min(to, Math.max(from, fromLine(toLine(at, log) + (high - low) * share, log)));
}

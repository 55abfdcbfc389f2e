/** What all lines have at one place of the x axis. */
import { showNumber } from "../base/numbers";
import type { Line } from "./lines";

export interface Reading {
  line: Line;
  /** Of the line's nearest point. */
  x: number;
  y: number;
  /** What stands for it: the value, or for a wide bucket or a group also from where to where it goes. */
  text: string;
}

/** Readings of the lines that have a value near `x`, the greatest first. `reach`: how far away a point may be. */
export function readingsAt(lines: readonly Line[], x: number, reach: number): Reading[] {
  return lines.flatMap((line) => readingOf(line, x, reach) ?? []).sort((a, b) => b.y - a.y);
}

function readingOf(line: Line, x: number, reach: number): Reading | undefined {
  const at = nearest(line.x, x);
  // Within the line all is near: it was drawn there.
  const inside = line.x.length > 0 && x >= line.x[0]! && x <= line.x.at(-1)!;
  if (at < 0 || (!inside && Math.abs(line.x[at]! - x) > reach)) return undefined;
  const y = line.y[at]!;
  if (Number.isNaN(y)) return undefined;
  return { line, x: line.x[at]!, y, text: textOf(line, at, y) };
}

function textOf({ behind }: Line, at: number, y: number): string {
  if (behind?.kind !== "span") return showNumber(y);
  const [low, high] = [behind.low[at]!, behind.high[at]!];
  return low === high ? showNumber(y) : `${showNumber(y)} (${showNumber(low)} – ${showNumber(high)})`;
}

/** Place of the value nearest to `x` in an ascending column; -1 in an empty one. */
export function nearest(column: Float64Array, x: number): number {
  let [low, high] = [0, column.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < x) low = middle + 1;
    else high = middle;
  }
  if (high < 0) return -1;
  return low > 0 && x - column[low - 1]! <= column[low]! - x ? low - 1 : low;
}

/** The picture of one chart. */
import type { CurveAxis } from "../../src/domain/curve";
import { drawAxes, type Frame, frameOf } from "../plot/axes";
import type { Size } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { padded, place, type Range, rangeOf, type Scale } from "../plot/scale";
import type { PlotTheme } from "../plot/theme";
import type { TickKind } from "../plot/ticks";
import type { Line } from "./lines";

export interface CurveAxes {
  axis: CurveAxis;
  logX: boolean;
  logY: boolean;
  /** What of the x axis shows. */
  range: Range;
}

const KINDS: Record<CurveAxis, TickKind> = { step: "count", relative: "duration", wall: "time" };
/** Above so many lines a thinner one, and no dashes, which would be all that is seen. */
const MANY = 40;

/** Null: there is nothing that could be drawn. */
export function curvesFrame(lines: readonly Line[], axes: CurveAxes, size: Size): Frame | null {
  const y = rangeOf(shownColumns(lines, axes), axes.logY);
  if (!y) return null;
  const { from, to } = axes.range;
  const x = from < to ? axes.range : padded(axes.range, axes.logX);
  return frameOf(
    size,
    { range: x, log: axes.logX, kind: KINDS[axes.axis] },
    { range: padded(y, axes.logY), log: axes.logY },
  );
}

/** The values that lie within the part of the x axis that shows. */
function* shownColumns(lines: readonly Line[], { range }: CurveAxes): Iterable<Float64Array> {
  for (const { x, y, behind } of lines) {
    yield within(x, y, range);
    if (behind?.kind === "points") yield within(behind.x, behind.y, range);
    if (behind?.kind === "span") yield* [within(x, behind.low, range), within(x, behind.high, range)];
  }
}

function within(x: Float64Array, y: Float64Array, { from, to }: Range): Float64Array {
  let start = 0;
  let end = x.length;
  while (start < end && x[start]! < from) start++;
  while (end > start && x[end - 1]! > to) end--;
  return y.subarray(start, end);
}

/** `standsOut`: id of the line that is drawn above faint others. */
export function drawCurves(
  pen: Pen,
  frame: Frame,
  lines: readonly Line[],
  theme: PlotTheme,
  standsOut: string | null,
): void {
  drawAxes(pen, frame, theme);
  const isThere = lines.some(({ id }) => id === standsOut);
  pen.within(frame.inner, () => {
    for (const line of lines) drawBehind(pen, frame, line, isThere && line.id !== standsOut);
    for (const line of lines) {
      if (isThere && line.id === standsOut) continue;
      drawLine(pen, frame, line, { width: lines.length > MANY ? 1 : 1.5, opacity: isThere ? 0.2 : 1 });
    }
    const above = isThere && lines.find(({ id }) => id === standsOut);
    if (above) drawLine(pen, frame, above, { width: 2.5, opacity: 1 });
  });

  function drawLine(to: Pen, { x, y }: Frame, line: Line, style: { width: number; opacity: number }): void {
    const dash = lines.length > MANY ? [] : line.dash;
    to.line(placed(line.x, x), placed(line.y, y), { colour: line.colour, dash, ...style });
  }
}

function drawBehind(pen: Pen, { x, y }: Frame, { colour, behind, ...line }: Line, faint: boolean): void {
  const opacity = faint ? 0.04 : 0.25;
  if (behind?.kind === "points") pen.line(placed(behind.x, x), placed(behind.y, y), { colour, width: 1, opacity });
  if (behind?.kind === "span")
    pen.band(placed(line.x, x), placed(behind.low, y), placed(behind.high, y), colour, opacity);
}

/** Infinities have no place on an axis, and are gaps like NaN. */
export function placed(column: Float64Array, scale: Scale): Float64Array {
  return Float64Array.from(column, (value) => (Number.isFinite(value) ? place(scale, value) : Number.NaN));
}

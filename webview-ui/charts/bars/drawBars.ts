/** The picture of bars and box plots. */
import { showText } from "../../base/numbers";
import { drawAxes, type Frame, frameOf } from "../../plot/axes";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { padded, place, rangeOf } from "../../plot/scale";
import type { PlotTheme } from "../../plot/theme";
import type { Column } from "../columns";
import type { Bar } from "./bars";

export interface BarsPicture {
  bars: readonly Bar[];
  column: Column;
  shape: "bars" | "boxes";
  log: boolean;
}

/** Null: nothing can be drawn (on a logarithmic axis: nothing is above zero). */
export function barsFrame({ bars, column, shape, log }: BarsPicture, size: Size): Frame | null {
  const found = rangeOf(
    bars.map((bar) => extentOf(bar, shape)),
    log,
  );
  if (!found) return null;
  // A bar's length says something only from zero on.
  const range = shape === "bars" && !log ? { from: Math.min(0, found.from), to: Math.max(0, found.to) } : found;
  const room = padded(range, log);
  const isAtZero = shape === "bars" && !log && range.from === 0 && range.to > 0;
  // Not so short that they say nothing: then some have none.
  const letters = Math.max(SHORTEST, Math.floor((size.width - 80) / bars.length / LETTER));
  return frameOf(
    size,
    {
      range: { from: -0.6, to: bars.length - 0.4 },
      log: false,
      words: bars.map(({ label }) => showText(label, letters)),
    },
    {
      range: isAtZero ? { ...room, from: 0 } : room,
      log,
      kind: column.kind === "count" ? "number" : column.kind,
      title: showText(column.label, 60),
    },
  );
}

const extentOf = ({ value, spread, box }: Bar, shape: BarsPicture["shape"]): number[] => {
  if (shape === "boxes") return box ? [box.low, box.high, ...box.outliers] : [];
  return spread === null ? [value] : [value, value - spread, value + spread];
};

const MOST_WIDTH = 60;
const LETTER = 6.5;
const SHORTEST = 14;

/** Left and right of a bar. */
export function sidesOf({ x }: Frame, at: number): { left: number; width: number } {
  const room = place(x, 1) - place(x, 0);
  const width = Math.max(1, Math.min(MOST_WIDTH, room * 0.72));
  return { left: place(x, at) - width / 2, width };
}

export function drawBars(pen: Pen, picture: BarsPicture, size: Size, theme: PlotTheme): void {
  const frame = barsFrame(picture, size);
  if (!frame) return;
  drawAxes(pen, frame, theme);
  pen.within(frame.inner, () => {
    for (const [at, bar] of picture.bars.entries()) {
      if (picture.shape === "boxes") drawBox(pen, frame, bar, at, theme);
      else drawBar(pen, frame, bar, at, theme);
    }
  });
}

function drawBar(pen: Pen, frame: Frame, { value, spread, colour }: Bar, at: number, theme: PlotTheme): void {
  const { left, width } = sidesOf(frame, at);
  const { y } = frame;
  const base = place(y, y.log ? y.from : Math.min(y.to, Math.max(y.from, 0)));
  const top = place(y, value);
  if (Number.isNaN(top)) return;
  pen.box({ x: left, y: Math.min(base, top), width, height: Math.max(1, Math.abs(base - top)) }, colour, 0.85);
  if (spread === null) return;
  const middle = left + width / 2;
  const [low, high] = [value - spread, value + spread].map((end) => place(y, y.log ? Math.max(end, y.from) : end));
  const half = Math.min(6, width / 3);
  whisker(pen, middle, low!, top, half, theme.foreground);
  whisker(pen, middle, high!, top, half, theme.foreground);
}

function drawBox(pen: Pen, frame: Frame, { box, colour }: Bar, at: number, theme: PlotTheme): void {
  if (!box) return;
  const { left, width } = sidesOf(frame, at);
  const { y } = frame;
  const on = (value: number) => place(y, y.log ? Math.max(value, y.from) : value);
  const middle = left + width / 2;
  const [q1, q3, median] = [on(box.q1), on(box.q3), on(box.median)];
  whisker(pen, middle, on(box.low), q1, width / 4, theme.foreground);
  whisker(pen, middle, on(box.high), q3, width / 4, theme.foreground);
  pen.box({ x: left, y: q3, width, height: Math.max(1, q1 - q3) }, colour, 0.75);
  pen.line([left, left + width], [median, median], { colour: theme.background, width: 2 });
  for (const value of box.outliers) {
    if (!y.log || value > 0) pen.dot(middle, on(value), Math.min(2.5, width / 2), colour, 0.8);
  }
}

/** From its end, which has a cross stroke, to where it begins. */
function whisker(pen: Pen, x: number, end: number, start: number, half: number, colour: string): void {
  pen.line([x, x], [end, start], { colour, width: 1 });
  pen.line([x - half, x + half], [end, end], { colour, width: 1 });
}

/** Around the room of a bar. */
export function drawFrame(pen: Pen, frame: Frame, at: number, theme: PlotTheme): void {
  const { left, width } = sidesOf(frame, at);
  const { y, height } = frame.inner;
  pen.box({ x: left - 3, y, width: width + 6, height }, theme.foreground, 0.12);
}

/** The frame of a plot: its axes with their ticks, and where in between is room for what is drawn. */
import type { Box, Pen } from "./pen";
import { place, type Range, type Scale } from "./scale";
import type { PlotTheme } from "./theme";
import { type Tick, type TickKind, ticksOf } from "./ticks";

export interface Frame {
  x: Scale;
  y: Scale;
  inner: Box;
  xTicks: Tick[];
  yTicks: Tick[];
  xTitle: string;
  yTitle: string;
}

export interface AxisOptions {
  range: Range;
  log: boolean;
  kind?: TickKind;
  title?: string;
  /** Instead of numbers, at 0, 1, 2, … */
  words?: readonly string[];
}

const CHARACTER = 6.2;
const LINE = 16;
const TICK_HEIGHT = 40;

/** `size`: of the whole picture, CSS pixels. */
export function frameOf(size: { width: number; height: number }, x: AxisOptions, y: AxisOptions): Frame {
  const bottom = size.height - LINE - 6 - (x.title ? LINE : 0);
  const top = 8;
  const yScale: Scale = { ...y.range, start: bottom, end: top, log: y.log };
  const yTicks = ticksFor(yScale, y, Math.max(2, Math.floor((bottom - top) / TICK_HEIGHT)));
  const widest = Math.max(1, ...yTicks.map(({ label }) => label.length));
  const left = Math.min(size.width / 3, widest * CHARACTER + 12 + (y.title ? LINE : 0));
  const right = size.width - 12;
  const xScale: Scale = { ...x.range, start: left, end: right, log: x.log };
  const xTicks = ticksFor(xScale, x, Math.max(2, Math.floor((right - left) / 80)));
  const inner = { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
  return { x: xScale, y: yScale, inner, xTicks, yTicks, xTitle: x.title ?? "", yTitle: y.title ?? "" };
}

/** Of more words than there is room for, every second or third has its mark. */
function ticksFor(scale: Scale, { kind, words }: AxisOptions, count: number): Tick[] {
  if (!words) return ticksOf(scale, count, kind);
  const stride = Math.ceil(words.length / Math.max(count * 2, Math.abs(scale.end - scale.start) / LINE));
  return words.flatMap((label, value) => (value % stride === 0 ? { value, label } : []));
}

export function drawAxes(pen: Pen, frame: Frame, theme: PlotTheme): void {
  const { x, y, inner, xTicks, yTicks } = frame;
  const [left, right, top, bottom] = [inner.x, inner.x + inner.width, inner.y, inner.y + inner.height];
  const text = { colour: theme.faint, font: theme.font };
  const rule = { colour: theme.foreground, width: 1 };
  for (const { value, label } of yTicks) {
    const at = crisp(place(y, value));
    pen.line([left, right], [at, at], { ...rule, opacity: label ? 0.16 : 0.07 });
    pen.text(label, left - 6, at, { ...text, align: "end" });
  }
  let free = -Infinity;
  for (const { value, label } of xTicks) {
    const at = crisp(place(x, value));
    pen.line([at, at], [top, bottom], { ...rule, opacity: label ? 0.1 : 0.05 });
    const half = (label.length * CHARACTER) / 2;
    // A label that would touch the last one stays away; those at the ends stay within the picture.
    const centre = Math.min(Math.max(at, half), right + 10 - half);
    if (!label || centre - half < free) continue;
    pen.text(label, centre, bottom + 6, { ...text, align: "middle", baseline: "top" });
    free = centre + half + 6;
  }
  pen.line([left, right], [crisp(bottom), crisp(bottom)], { ...rule, opacity: 0.4 });
  const middle = { across: (left + right) / 2, down: (top + bottom) / 2 };
  if (frame.xTitle)
    pen.text(frame.xTitle, middle.across, bottom + 6 + LINE, { ...text, align: "middle", baseline: "top" });
  if (frame.yTitle) pen.text(frame.yTitle, 8, middle.down, { ...text, align: "middle", upwards: true });
}

/** A line one pixel wide is sharp between pixels. */
const crisp = (pixel: number) => Math.round(pixel) + 0.5;

/** Runs as lines through an axis for each of their values. */
import type { Brush } from "../../../src/protocol/chartsState";
import { showText } from "../../base/numbers";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { padded, place, type Scale } from "../../plot/scale";
import type { PlotTheme } from "../../plot/theme";
import { type Tick, ticksOf } from "../../plot/ticks";
import { type Colouring, drawKey, keyWidth } from "../colouring";
import type { Column } from "../columns";
import { type Ends, endsOf, wholeOf } from "./brushes";

export interface Axis {
  column: Column;
  log: boolean;
  /** Null: nobody has a value. */
  whole: Ends | null;
}

export interface PlacedAxis extends Axis {
  /** CSS pixels from the left. */
  x: number;
  scale: Scale;
  ticks: Tick[];
  /** How far the next axis is. */
  room: number;
}

const TOP = 40;
const BOTTOM = 16;
/** For the marks of the first axis, and half the name of the last. */
const SIDE = 96;
const LEAST_ROOM = 96;
const TICK_HEIGHT = 44;

/** Words, and numbers none of which is above zero, have no logarithmic axis. */
export function axisOf(column: Column, log: boolean): Axis {
  const isLog = log && !column.words && wholeOf(column, true) !== null;
  return { column, log: isLog, whole: wholeOf(column, isLog) };
}

/** Below it names and brushes would lie over each other. */
export function widthFor(axes: number, colouring: Colouring): number {
  const width = SIDE * 2 + (axes - 1) * LEAST_ROOM;
  return width + keyWidth(colouring, Infinity);
}

/** Side by side over the width of a picture. */
export function placeAxes(axes: readonly Axis[], colouring: Colouring, { width, height }: Size): PlacedAxis[] {
  const inner = width - keyWidth(colouring, width) - SIDE * 2;
  const room = axes.length > 1 ? inner / (axes.length - 1) : inner;
  const bottom = Math.max(TOP + 20, height - BOTTOM);
  return axes.map((axis, at) => {
    const { column, log, whole } = axis;
    const x = axes.length > 1 ? SIDE + at * room : SIDE + inner / 2;
    const range = column.words
      ? { from: -0.5, to: Math.max(1, column.words.length) - 0.5 }
      : padded(whole ?? { from: 0, to: 0 }, log, 0.03);
    const scale: Scale = { ...range, start: bottom, end: TOP, log };
    return { ...axis, x, scale, ticks: whole ? ticksFor(column, scale) : [], room };
  });
}

function ticksFor({ words, kind }: Column, scale: Scale): Tick[] {
  const height = scale.start - scale.end;
  if (!words) return ticksOf(scale, Math.max(2, Math.floor(height / TICK_HEIGHT)), kind);
  const stride = Math.ceil(words.length / Math.max(1, Math.floor(height / 16)));
  return words.flatMap((word, value) => (value % stride === 0 ? { value, label: showText(word, 14) } : []));
}

/** Where a run's line goes; y is NaN where it has no value, and its line is broken there. */
export function lineOf(axes: readonly PlacedAxis[], row: number): { x: number[]; y: number[] } {
  const y = axes.map(({ column, scale }) => {
    const value = column.values[row]!;
    return Number.isFinite(value) ? place(scale, value) : Number.NaN;
  });
  return { x: axes.map(({ x }) => x), y };
}

export interface ParallelPicture {
  axes: readonly PlacedAxis[];
  /** All that show, and those of them that the brushes leave. */
  rows: readonly number[];
  left: readonly number[];
  colouring: Colouring;
}

const FEW = 60;

export function drawParallel(
  pen: Pen,
  { axes, rows, left, colouring }: ParallelPicture,
  size: Size,
  theme: PlotTheme,
): void {
  const isLeft = new Set(left);
  const draw = (row: number, colour: string, opacity: number) => {
    const { x, y } = lineOf(axes, row);
    pen.line(x, y, { colour, width: rows.length > FEW ? 1 : 1.5, opacity });
  };
  for (const row of rows) if (!isLeft.has(row)) draw(row, theme.foreground, 0.07);
  for (const row of left) {
    const colour = colouring.of(row);
    draw(row, colour ?? theme.foreground, colour ? 0.8 : 0.3);
  }
  for (const axis of axes) drawAxis(pen, axis, theme);
  drawKey(pen, colouring, size, theme);
}

const LETTER = 6.2;
const MOST_TICKS = 60;

function drawAxis(pen: Pen, { x, scale, ticks }: PlacedAxis, theme: PlotTheme): void {
  pen.line([x, x], [scale.end, scale.start], { colour: theme.foreground, width: 1, opacity: 0.8 });
  // So many as from 1e-300 to 1e300 would be a bar.
  const shown = ticks.length > MOST_TICKS ? ticks.filter(({ label }) => label) : ticks;
  for (const { value, label } of shown) {
    const y = place(scale, value);
    pen.line([x - 4, x], [y, y], { colour: theme.foreground, width: 1, opacity: 0.8 });
    if (!label) continue;
    // Lines cross what stands here.
    const width = label.length * LETTER + 4;
    pen.box({ x: x - 8 - width, y: y - 8, width, height: 16 }, theme.background, 0.75);
    pen.text(label, x - 8, y, { colour: theme.foreground, font: theme.font, align: "end" });
  }
}

/** What the page has buttons for. */
export function drawTitles(pen: Pen, axes: readonly PlacedAxis[], theme: PlotTheme): void {
  for (const { x, column, room } of axes) {
    const most = Math.max(4, Math.floor(room / LETTER) - 1);
    pen.text(showText(column.label, most), x, TOP - 18, {
      ...{ colour: theme.foreground, font: theme.font },
      align: "middle",
    });
  }
}

/** What brushes choose of the axes. */
export function drawBrushes(
  pen: Pen,
  axes: readonly PlacedAxis[],
  brushes: Readonly<Record<string, Brush>>,
  theme: PlotTheme,
): void {
  for (const axis of axes) {
    const { whole, column } = axis;
    const brush = Object.hasOwn(brushes, column.id) ? brushes[column.id] : undefined;
    if (!brush || !whole) continue;
    const [top, bottom] = brushPixels(axis, endsOf(column, whole, brush));
    pen.box({ x: axis.x - 7, y: top, width: 14, height: Math.max(2, bottom - top) }, theme.cursor, 0.45);
  }
}

/** Top and bottom of a brush; of words it reaches half the way to the next. */
export function brushPixels(
  { scale, column }: Pick<PlacedAxis, "scale" | "column">,
  { from, to }: Ends,
): [number, number] {
  const half = column.words ? 0.5 : 0;
  return [place(scale, to + half), place(scale, from - half)];
}

/** The row whose line goes by nearest, within reach; undefined when none does. */
export function rowAt(axes: readonly PlacedAxis[], rows: readonly number[], x: number, y: number): number | undefined {
  let [best, least]: [number | undefined, number] = [undefined, 8];
  for (const row of rows) {
    const line = lineOf(axes, row);
    for (let at = 1; at < axes.length; at++) {
      const distance = distanceTo(line, at, x, y);
      if (distance < least) [best, least] = [row, distance];
    }
  }
  return best;
}

/** From a point to the part of a line that ends at index `at`; NaN where it is broken. */
function distanceTo({ x, y }: { x: number[]; y: number[] }, at: number, px: number, py: number): number {
  const [x1, y1, dx, dy] = [x[at - 1]!, y[at - 1]!, x[at]! - x[at - 1]!, y[at]! - y[at - 1]!];
  const share = Math.min(1, Math.max(0, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(px - x1 - dx * share, py - y1 - dy * share);
}

/** Runs as points: one of their values against another. */
import { type AxisOptions, drawAxes, frameOf } from "../../plot/axes";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { place } from "../../plot/scale";
import type { PlotTheme } from "../../plot/theme";
import { type Colouring, drawKey, keyWidth } from "../colouring";
import type { Column } from "../columns";
import { axisFor } from "../valueAxis";

export interface Scatter {
  x: AxisOptions;
  y: AxisOptions;
  /** Places of the runs that have both values, from left to right. */
  rows: number[];
  columns: { x: Column; y: Column };
}

export interface ScatterOptions {
  x: Column;
  y: Column;
  logX: boolean;
  logY: boolean;
}

/** Of the runs in `rows`; null: none of them has both values where the axes can show them. */
export function scatterOf({ x, y, logX, logY }: ScatterOptions, rows: readonly number[]): Scatter | null {
  const isLog = { x: logX && !x.words, y: logY && !y.words };
  const canShow = (value: number, log: boolean) => Number.isFinite(value) && (!log || value > 0);
  const found = rows.filter((row) => canShow(x.values[row]!, isLog.x) && canShow(y.values[row]!, isLog.y));
  const axes = { x: axisFor(x, found, isLog.x), y: axisFor(y, found, isLog.y) };
  if (!axes.x || !axes.y || found.length === 0) return null;
  const sorted = found.sort((a, b) => x.values[a]! - x.values[b]! || y.values[a]! - y.values[b]!);
  return { x: axes.x, y: axes.y, rows: sorted, columns: { x, y } };
}

export interface Placed {
  row: number;
  x: number;
  y: number;
}

/** Where the points are in a picture of this size, and the frame around them. */
export function placePoints({ x, y, rows, columns }: Scatter, colouring: Colouring, { width, height }: Size) {
  const frame = frameOf({ width: width - keyWidth(colouring, width), height }, x, y);
  const points = rows.map((row): Placed => {
    return { row, x: place(frame.x, columns.x.values[row]!), y: place(frame.y, columns.y.values[row]!) };
  });
  return { frame, points };
}

const RADIUS = 4.5;

export function drawScatter(pen: Pen, scatter: Scatter, colouring: Colouring, size: Size, theme: PlotTheme): void {
  const { frame, points } = placePoints(scatter, colouring, size);
  drawAxes(pen, frame, theme);
  for (const { row, x, y } of points) {
    const colour = colouring.of(row);
    if (colour === undefined) pen.dot(x, y, RADIUS, theme.foreground, 0.25);
    else pen.dot(x, y, RADIUS, colour, 0.85);
  }
  drawKey(pen, colouring, size, theme);
}

/** A ring around a point. */
export function drawRing(pen: Pen, x: number, y: number, theme: PlotTheme): void {
  const turn = Array.from({ length: 25 }, (_, at) => (at / 24) * 2 * Math.PI);
  pen.line(
    turn.map((angle) => x + Math.cos(angle) * (RADIUS + 3)),
    turn.map((angle) => y + Math.sin(angle) * (RADIUS + 3)),
    { colour: theme.foreground, width: 2 },
  );
}

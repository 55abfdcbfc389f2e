/** Which params mattered, as a picture: a row for each, with a bar for its importance and one for its correlation. */
import type { ImportanceAnswer } from "../../../src/protocol/charts";
import { showText } from "../../base/numbers";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { place, type Scale } from "../../plot/scale";
import type { PlotTheme } from "../../plot/theme";
import { ticksOf } from "../../plot/ticks";
import { percent } from "./words";

export interface ImportanceColours {
  importance: string;
  /** Of a param with which the metric rises, and with which it falls. */
  rises: string;
  falls: string;
}

export interface ImportancePicture {
  params: ImportanceAnswer["params"];
  colours: ImportanceColours;
}

export interface Layout {
  /** Top of the first row, and how high each is. */
  top: number;
  row: number;
  /** Rows that there is room for. */
  shown: number;
  /** Right end of the names. */
  names: number;
  importance: Scale;
  correlation: Scale;
}

const HEAD = 30;
const FOOT = 26;
const LEAST_ROW = 18;
const MOST_ROW = 34;
const GAP = 48;
const LETTER = 6.4;

/** Height at which every param has a row. */
export const heightFor = (params: number): number => HEAD + FOOT + Math.max(3, params) * 26;

export function layOut({ params }: ImportancePicture, { width, height }: Size): Layout {
  const room = Math.max(LEAST_ROW, height - HEAD - FOOT);
  const shown = Math.min(params.length, Math.floor(room / LEAST_ROW));
  const row = Math.min(MOST_ROW, room / Math.max(1, shown));
  const longest = Math.max(6, ...params.map(({ name }) => showText(name, 28).length));
  const names = Math.min(width * 0.3, longest * LETTER + 24);
  const inner = width - names - GAP - 32;
  const most = Math.max(0.01, ...params.map(({ importance, spread }) => importance + spread));
  // What does not matter lies about zero, a little of it below.
  const least = Math.min(0, ...params.map(({ importance, spread }) => Math.max(importance - spread, -most / 10)));
  const split = names + inner * 0.58;
  return {
    ...{ top: HEAD, row, shown, names },
    importance: { from: least, to: most * 1.02, start: names + 8, end: split, log: false },
    correlation: { from: -1, to: 1, start: split + GAP, end: width - 24, log: false },
  };
}

export function drawImportance(pen: Pen, picture: ImportancePicture, size: Size, theme: PlotTheme): void {
  const layout = layOut(picture, size);
  const { top, row, shown, names, importance, correlation } = layout;
  const bottom = top + row * shown;
  const heading = { colour: theme.foreground, font: theme.font };
  pen.text("Importance", importance.start, 14, heading);
  pen.text("Rank correlation", correlation.start, 14, heading);
  drawGrid(pen, importance, top, bottom, percent, theme);
  drawGrid(pen, correlation, top, bottom, String, theme);
  for (const [at, param] of picture.params.slice(0, shown).entries()) {
    const middle = top + row * (at + 0.5);
    pen.text(showText(param.name, Math.floor((names - 16) / LETTER)), names - 2, middle, { ...heading, align: "end" });
    drawParam(pen, param, middle, picture, layout, theme);
  }
  if (shown === picture.params.length) return;
  const more = `and ${picture.params.length - shown} that matter less`;
  pen.text(more, importance.start, size.height - 4, { ...heading, baseline: "bottom", colour: theme.faint });
}

function drawParam(
  pen: Pen,
  { importance: value, spread, correlation: rank }: ImportanceAnswer["params"][number],
  middle: number,
  { colours }: ImportancePicture,
  { row, importance, correlation }: Layout,
  theme: PlotTheme,
): void {
  const height = Math.min(16, row * 0.6);
  const bar = (scale: Scale, to: number, colour: string) => {
    const clipped = Math.min(scale.to, Math.max(scale.from, to));
    const [zero, end] = [place(scale, 0), place(scale, clipped)];
    const box = { x: Math.min(zero, end), y: middle - height / 2, width: Math.max(1, Math.abs(end - zero)), height };
    pen.box(box, colour, 0.9);
  };
  bar(importance, value, colours.importance);
  const ends = [value - spread, value + spread].map((end) => place(importance, Math.max(importance.from, end)));
  pen.line(ends, [middle, middle], { colour: theme.foreground, width: 1 });
  for (const end of ends) pen.line([end, end], [middle - 4, middle + 4], { colour: theme.foreground, width: 1 });
  if (rank !== null) bar(correlation, rank, rank < 0 ? colours.falls : colours.rises);
  else {
    const style = { colour: theme.faint, font: theme.font, align: "middle" as const };
    pen.text("words", place(correlation, 0), middle, style);
  }
}

function drawGrid(
  pen: Pen,
  scale: Scale,
  top: number,
  bottom: number,
  label: (value: number) => string,
  theme: PlotTheme,
): void {
  for (const { value } of ticksOf(scale, 4)) {
    const x = place(scale, value);
    pen.line([x, x], [top, bottom], { colour: theme.foreground, width: 1, opacity: value === 0 ? 0.6 : 0.12 });
    pen.text(label(value), x, bottom + 4, { colour: theme.faint, font: theme.font, align: "middle", baseline: "top" });
  }
}

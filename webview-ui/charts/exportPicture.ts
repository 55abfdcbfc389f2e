/** A chart as a picture to keep: with its title, and a legend that the page has beside it. */
import { showText } from "../base/numbers";
import type { Frame } from "../plot/axes";
import { canvasPen } from "../plot/canvasPen";
import type { Size } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { svgPen } from "../plot/svgPen";
import { type PlotTheme, plotTheme } from "../plot/theme";
import { type CurveAxes, drawCurves } from "./drawCurves";
import type { Line } from "./lines";

export interface ExportedChart {
  metric: string;
  lines: Line[];
  axes: CurveAxes;
}

type FrameOf = (lines: readonly Line[], axes: CurveAxes, size: Size) => Frame | null;

const CHART: Size = { width: 800, height: 420 };
const TITLE = 32;
const ROW = 18;
const COLUMNS = 3;
/** More names than this help nobody. */
const MOST_NAMES = 30;
/** Of the PNG: sharp in print. */
const RATIO = 2;

export function exportSvg(chart: ExportedChart, frameOf: FrameOf): Uint8Array<ArrayBuffer> {
  const size = sizeOf(chart);
  const pen = svgPen(size.width, size.height);
  drawExport(pen, chart, frameOf);
  return new TextEncoder().encode(pen.svg(plotTheme().background));
}

/** Throws when the browser can make no picture. */
export async function exportPng(chart: ExportedChart, frameOf: FrameOf): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = sizeOf(chart);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * RATIO, height: height * RATIO });
  const context = canvas.getContext("2d")!;
  context.scale(RATIO, RATIO);
  const pen = canvasPen(context);
  pen.box({ x: 0, y: 0, width, height }, plotTheme().background);
  drawExport(pen, chart, frameOf);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The picture could not be made. Export as SVG instead.");
  return new Uint8Array(await blob.arrayBuffer());
}

function sizeOf({ lines }: ExportedChart): Size {
  const rows = Math.ceil(Math.min(lines.length, MOST_NAMES + 1) / COLUMNS);
  return { width: CHART.width, height: TITLE + CHART.height + rows * ROW + 12 };
}

function drawExport(pen: Pen, { metric, lines, axes }: ExportedChart, frameOf: FrameOf): void {
  const theme = plotTheme();
  const frame = frameOf(lines, axes, CHART);
  pen.text(showText(metric, 90), 16, TITLE / 2 + 4, { colour: theme.foreground, font: larger(theme) });
  if (frame) pen.moved(0, TITLE, () => drawCurves(pen, frame, lines, theme, null));
  const names = lines.slice(0, MOST_NAMES);
  for (const [at, { label, colour }] of names.entries()) {
    const [x, y] = cellOf(at);
    pen.box({ x, y: y - 4, width: 14, height: 8 }, colour);
    pen.text(showText(label, 34), x + 20, y, { colour: theme.foreground, font: theme.font });
  }
  if (lines.length <= MOST_NAMES) return;
  const [x, y] = cellOf(MOST_NAMES);
  pen.text(`and ${lines.length - MOST_NAMES} more`, x, y, { colour: theme.faint, font: theme.font });
}

const cellOf = (at: number): [number, number] => [
  16 + (at % COLUMNS) * (CHART.width / COLUMNS),
  TITLE + CHART.height + Math.floor(at / COLUMNS) * ROW + 10,
];

const larger = ({ font }: PlotTheme) => font.replace(/^\d+/, "14");

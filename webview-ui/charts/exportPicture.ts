/** A chart as a picture to keep: with its title, and a legend that the page has beside it. */
import { showText } from "../base/numbers";
import { canvasPen } from "../plot/canvasPen";
import type { Size } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { svgPen } from "../plot/svgPen";
import { type PlotTheme, plotTheme } from "../plot/theme";

export interface ExportedPicture {
  title: string;
  /** What stands below, with its colour. */
  names: readonly { label: string; colour: string }[];
  /** Of the chart alone; absent: what suits most. */
  size?: Size;
  draw(pen: Pen, size: Size, theme: PlotTheme): void;
}

const CHART: Size = { width: 800, height: 420 };
const TITLE = 32;
const ROW = 18;
const COLUMNS = 3;
/** More names than this help nobody. */
const MOST_NAMES = 30;
/** Of the PNG: sharp in print. */
const RATIO = 2;

export function exportSvg(picture: ExportedPicture): Uint8Array<ArrayBuffer> {
  const size = sizeOf(picture);
  const pen = svgPen(size.width, size.height);
  drawExport(pen, picture);
  return new TextEncoder().encode(pen.svg(plotTheme().background));
}

/** Throws when the browser can make no picture. */
export async function exportPng(picture: ExportedPicture): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = sizeOf(picture);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * RATIO, height: height * RATIO });
  const context = canvas.getContext("2d")!;
  context.scale(RATIO, RATIO);
  const pen = canvasPen(context);
  pen.box({ x: 0, y: 0, width, height }, plotTheme().background);
  drawExport(pen, picture);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The picture could not be made. Export as SVG instead.");
  return new Uint8Array(await blob.arrayBuffer());
}

function sizeOf({ names, size = CHART }: ExportedPicture): Size {
  const rows = Math.ceil(Math.min(names.length, MOST_NAMES + 1) / COLUMNS);
  return { width: size.width, height: TITLE + size.height + rows * ROW + 12 };
}

function drawExport(pen: Pen, { title, names, size = CHART, draw }: ExportedPicture): void {
  const theme = plotTheme();
  pen.text(showText(title, 90), 16, TITLE / 2 + 4, { colour: theme.foreground, font: larger(theme) });
  pen.moved(0, TITLE, () => draw(pen, size, theme));
  const cellOf = (at: number): [number, number] => [
    16 + (at % COLUMNS) * (size.width / COLUMNS),
    TITLE + size.height + Math.floor(at / COLUMNS) * ROW + 10,
  ];
  for (const [at, { label, colour }] of names.slice(0, MOST_NAMES).entries()) {
    const [x, y] = cellOf(at);
    pen.box({ x, y: y - 4, width: 14, height: 8 }, colour);
    pen.text(showText(label, 34), x + 20, y, { colour: theme.foreground, font: theme.font });
  }
  if (names.length <= MOST_NAMES) return;
  const [x, y] = cellOf(MOST_NAMES);
  pen.text(`and ${names.length - MOST_NAMES} more`, x, y, { colour: theme.faint, font: theme.font });
}

const larger = ({ font }: PlotTheme) => font.replace(/^\d+/, "14");

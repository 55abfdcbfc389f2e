/** A chart as SVG, for a page or a file of its own: no script, no style of its own, colours by class. */
import { formatNumber } from "../domain/format";
import { RUN_COLOURS, runColour, runDash } from "../domain/runColour";
import { escapeXml } from "./escapeXml";
import type { Report, ReportChart } from "./report";

const WIDTH = 680;
const PLOT_HEIGHT = 260;
const LEFT = 64;
const RIGHT = 16;
const TOP = 16;
const AXIS = 34;
const LEGEND_ROW = 18;
/** Names in the legend; the page's table tells all. */
const MOST_NAMES = 12;
const LEGEND_COLUMNS = 3;
const NAME_LENGTH = 26;

/** What makes the classes look like something, on light and dark. `scope` comes before each rule. */
export function chartStyle(scope: string): string {
  const colours = (background: "light" | "dark") =>
    RUN_COLOURS[background].map((colour, at) => `${scope} .c${at}{stroke:${colour}}`).join("");
  const plain = (ink: string, faint: string) =>
    `${scope} text{fill:${ink}}${scope} .axis{stroke:${ink}}${scope} .grid{stroke:${faint}}`;
  return (
    `${scope} text{font:12px system-ui,sans-serif}${scope} .curve{fill:none;stroke-width:1.6}${scope} .axis,${scope} .grid{stroke-width:1}` +
    plain("#24292f", "#d8dee4") +
    colours("light") +
    `@media (prefers-color-scheme:dark){${plain("#e6edf3", "#30363d")}${colours("dark")}}`
  );
}

/** With its legend. `standalone`: a file of its own, with its style in it. */
export function lineChart(report: Report, chart: ReportChart, standalone: boolean): string {
  const { curves, metric } = chart;
  const xs = extentOf(curves.map(({ x }) => x));
  const ys = extentOf(curves.map(({ y }) => y));
  const named = curves.slice(0, MOST_NAMES);
  const rows = Math.ceil((named.length + (named.length < curves.length ? 1 : 0)) / LEGEND_COLUMNS);
  const height = TOP + PLOT_HEIGHT + AXIS + rows * LEGEND_ROW + 8;
  const parts: string[] = [];
  if (xs && ys) {
    const across = scale(xs, LEFT, WIDTH - RIGHT);
    const up = scale(ys, TOP + PLOT_HEIGHT, TOP);
    for (const tick of ticksOf(ys)) {
      const y = round(up(tick));
      parts.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`);
      parts.push(`<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${escapeXml(formatNumber(tick))}</text>`);
    }
    for (const tick of ticksOf(xs)) {
      const x = round(across(tick));
      const bottom = TOP + PLOT_HEIGHT;
      parts.push(`<line class="axis" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/>`);
      parts.push(`<text x="${x}" y="${bottom + 18}" text-anchor="middle">${escapeXml(formatNumber(tick))}</text>`);
    }
    parts.push(line(LEFT, TOP + PLOT_HEIGHT, WIDTH - RIGHT, TOP + PLOT_HEIGHT));
    for (const { run, x, y } of curves) {
      parts.push(`<path class="${look(report, run)}" d="${pathOf(x, y, across, up)}"${dashOf(report, run)}/>`);
    }
  } else {
    parts.push(`<text x="${WIDTH / 2}" y="${TOP + PLOT_HEIGHT / 2}" text-anchor="middle">No finite values</text>`);
  }
  parts.push(...legend(report, named, curves.length - named.length + chart.more));
  const label = escapeXml(`${metric} of ${curves.length} ${curves.length === 1 ? "run" : "runs"} over steps`);
  const style = standalone
    ? `<style>svg{background:#fff}${chartStyle("svg")}@media (prefers-color-scheme:dark){svg{background:#0d1117}}</style>`
    : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${style}${parts.join("")}</svg>`;
}

const line = (x1: number, y1: number, x2: number, y2: number) =>
  `<line class="axis" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

function look({ runs }: Report, run: number): string {
  return `curve c${RUN_COLOURS.light.indexOf(runColour(runs[run]!.id, "light"))}`;
}

function dashOf({ runs }: Report, run: number): string {
  const dash = runDash(runs[run]!.id);
  return dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
}

function legend(report: Report, named: ReportChart["curves"], more: number): string[] {
  const place = (at: number) => ({
    x: LEFT + (at % LEGEND_COLUMNS) * ((WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS),
    y: TOP + PLOT_HEIGHT + AXIS + Math.floor(at / LEGEND_COLUMNS) * LEGEND_ROW + 8,
  });
  const entries = named.map(({ run }, at) => {
    const { x, y } = place(at);
    const { name } = report.runs[run]!;
    const shown = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
    const stroke = `<path class="${look(report, run)}" d="M${round(x)} ${y - 4}h20"${dashOf(report, run)}/>`;
    return `${stroke}<text x="${round(x + 26)}" y="${y}">${escapeXml(shown)}</text>`;
  });
  if (more > 0) {
    const { x, y } = place(named.length);
    entries.push(`<text x="${round(x)}" y="${y}">and ${more} more</text>`);
  }
  return entries;
}

/** From the least to the greatest finite value, with room where they are one; null when there is none. */
function extentOf(columns: readonly Float64Array[]): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return null;
  if (low < high) return [low, high];
  const room = Math.abs(low) / 10 || 1;
  return [low - room, high + room];
}

function scale([low, high]: [number, number], from: number, to: number): (value: number) => number {
  // Halves, since the width of the widest range is no finite number.
  const half = high / 2 - low / 2;
  return (value) => from + ((value / 2 - low / 2) / half) * (to - from);
}

/** About five round numbers within the range. */
function ticksOf([low, high]: [number, number]): number[] {
  const rough = high / 6 - low / 6 || Number.MIN_VALUE;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  if (!Number.isFinite(step) || step <= 0) return [low, high];
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high && ticks.length < 12; at++) ticks.push(at * step);
  return ticks.map((tick) => Number(tick.toPrecision(12)));
}

/** Values that are no finite numbers are gaps. */
function pathOf(x: Float64Array, y: Float64Array, across: (x: number) => number, up: (y: number) => number): string {
  let path = "";
  let isOpen = false;
  for (let at = 0; at < x.length; at++) {
    if (!Number.isFinite(y[at]!) || !Number.isFinite(x[at]!)) {
      isOpen = false;
      continue;
    }
    path += `${isOpen ? "L" : "M"}${round(across(x[at]!))} ${round(up(y[at]!))}`;
    // A point between two gaps is seen as a dot.
    const isAlone = !isOpen && !Number.isFinite(y[at + 1] ?? Number.NaN);
    if (isAlone) path += "h1";
    isOpen = true;
  }
  return path;
}

const round = (value: number) => Math.round(value * 10) / 10;

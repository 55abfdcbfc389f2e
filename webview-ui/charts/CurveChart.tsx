import { useMemo, useRef } from "react";
import type { CurvesRequest } from "../../src/protocol/charts";
import type { ChartsView } from "../../src/protocol/chartsState";
import { showNumber, showText } from "../base/numbers";
import type { Frame } from "../plot/axes";
import { Picture, type Size, Sized } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import type { Range } from "../plot/scale";
import { plotTheme } from "../plot/theme";
import { CursorLayer, Readout } from "./Cursor";
import { type CurveAxes, curvesFrame, drawCurves } from "./drawCurves";
import { ExportButtons } from "./ExportButtons";
import type { ExportedPicture } from "./exportPicture";
import { extension } from "./extension";
import { type Line, type LineNames, linesOf } from "./lines";
import { markLatest } from "./marks";
import { highlighted, useShared } from "./shared";
import { useCurves } from "./useCurves";
import { useNavigation } from "./useNavigation";

export interface CurveChartProps {
  metric: string;
  view: ChartsView;
  /** Ids of the runs to ask for, or of each group. */
  runs: string[];
  groups: string[][] | null;
  names: LineNames;
  /** Counts the changes of any of the runs. */
  revision: number;
  onRange(range: Range | null): void;
}

/** One metric of all runs. */
export function CurveChart(props: CurveChartProps) {
  return (
    <section className="chart" aria-label={showText(props.metric)}>
      <Sized className="chart-room">{(size) => <SizedChart {...props} size={size} />}</Sized>
    </section>
  );
}

const HEADER = 26;

function SizedChart({ size, ...props }: CurveChartProps & { size: Size }) {
  const { metric, view, runs, groups, names, revision, onRange } = props;
  const { axis, logX, logY, smoothing, range, hidden } = view;
  const room = { width: size.width, height: Math.max(80, size.height - HEADER) };
  const request: CurvesRequest = {
    ...{ key: metric, axis, log: logX, range, smoothing, runs, groups },
    buckets: bucketsFor(size.width, groups?.length ?? runs.length),
  };
  const { set, fault } = useCurves(request, revision);

  const lines = useMemo(
    () => (set ? linesOf(set, names).filter(({ id }) => !hidden.includes(id)) : []),
    [set, names, hidden],
  );
  const axes = useMemo((): CurveAxes | undefined => {
    const shown = range ?? set?.extent;
    return shown ? { axis, logX, logY, range: shown } : undefined;
  }, [axis, logX, logY, range, set]);
  const frame = useMemo(
    () => (axes ? curvesFrame(lines, axes, { width: room.width, height: room.height }) : null),
    [lines, axes, room.width, room.height],
  );
  const state = fault ?? (set ? emptyNote(lines, frame, view) : "Reading…");

  return (
    <>
      <header className="chart-title">
        <h2 title={showText(metric, 1_000)}>{showText(metric)}</h2>
        <ExportButtons
          name={metric}
          picture={axes && lines.length > 0 ? pictureOf(metric, lines, axes) : undefined}
          csv={() => extension.call("saveCsv", { key: metric, runs: groups?.flat() ?? runs })}
        />
      </header>
      {frame && axes ? (
        <Plot metric={metric} lines={lines} frame={frame} axes={axes} size={room} onRange={onRange} />
      ) : (
        <p className="chart-note" role={fault ? "alert" : "status"}>
          {state}
        </p>
      )}
    </>
  );
}

function pictureOf(title: string, lines: Line[], axes: CurveAxes): ExportedPicture {
  return {
    title,
    names: lines,
    draw(pen, size, theme) {
      const frame = curvesFrame(lines, axes, size);
      if (frame) drawCurves(pen, frame, lines, theme, null);
    },
  };
}

/** Above so many curves a bucket has three pixels: nothing of a crowd is seen in one, and a third is sent and drawn. */
const CROWD = 30;
const CROWD_PIXELS = 3;

/** A width that changes by a few pixels asks nothing anew. */
function bucketsFor(width: number, curves: number): number {
  const buckets = Math.max(50, Math.round(width / 50) * 50);
  return curves > CROWD ? Math.ceil(buckets / CROWD_PIXELS) : buckets;
}

function emptyNote(lines: readonly Line[], frame: Frame | null, { logY, range }: ChartsView): string {
  if (frame) return "";
  if (lines.length === 0) return "No run that shows has this metric.";
  if (range) return "No values in this part of the axis. Press 0 on a chart, or Show All, to see everything.";
  return logY ? "No value is above zero: nothing can be drawn on a logarithmic axis." : "No value is a finite number.";
}

interface PlotProps {
  metric: string;
  lines: Line[];
  frame: Frame;
  axes: CurveAxes;
  size: Size;
  onRange(range: Range | null): void;
}

function Plot({ metric, lines, frame, axes, size, onRange }: PlotProps) {
  const element = useRef<HTMLDivElement>(null);
  const { marked } = useNavigation({ element, chart: metric, scale: frame.x, inner: frame.inner, onRange });
  const standsOut = useShared(highlighted);
  const draw = useMemo(
    () => (pen: Pen) => {
      drawCurves(pen, frame, lines, plotTheme(), standsOut);
      markLatest("curves-drawn", { lines: lines.length, from: lines[0]?.x[0] });
    },
    [frame, lines, standsOut],
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element of HTML is a chart.
    <div
      ref={element}
      className="plot"
      role="group"
      aria-roledescription="chart"
      aria-label={summaryOf(metric, lines, frame)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved in with the keys.
      tabIndex={0}
      data-lines={lines.length}
    >
      <Picture size={size} draw={draw} />
      <CursorLayer metric={metric} lines={lines} frame={frame} size={size} marked={marked} />
      <Readout metric={metric} lines={lines} frame={frame} axis={axes.axis} />
    </div>
  );
}

function summaryOf(metric: string, lines: readonly Line[], { x, y }: Frame): string {
  const across = `from ${showNumber(x.from)} to ${showNumber(x.to)}`;
  const count = lines.length === 1 ? "one curve" : `${lines.length} curves`;
  return `${showText(metric)}: ${count}, ${across}, values ${showNumber(y.from)} to ${showNumber(y.to)}. Arrow keys read values, plus and minus zoom, 0 shows all.`;
}

import { useMemo, useRef } from "react";
import { type SystemChart, systemCharts, systemName } from "../../src/domain/systemMetrics";
import { useNear } from "../base/near";
import { showNumber, showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { curvesFrame, drawCurves } from "../charts/drawCurves";
import { groupLook, type Line, linesOf } from "../charts/lines";
import { Picture, type Size, Sized } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { plotTheme } from "../plot/theme";
import type { MetricRow } from "./metricRows";
import { useCurves } from "./useCurves";

export interface SystemPartProps {
  run: string;
  rows: readonly MetricRow[];
  revision: number;
}

/** What the run used of the machine, over its time. */
export function SystemPart({ run, rows, revision }: SystemPartProps) {
  const charts = useMemo(() => systemCharts(rows.map(({ key }) => key)), [rows]);
  const byKey = useMemo(() => new Map(rows.map((row) => [row.key, row])), [rows]);
  return (
    <div className="system">
      {charts.map((chart) => (
        <Chart
          key={`${chart.title} ${chart.unit}`}
          run={run}
          chart={chart}
          rows={chart.keys.map((key) => byKey.get(key)!)}
          revision={revision}
        />
      ))}
    </div>
  );
}

interface ChartProps {
  run: string;
  chart: SystemChart;
  rows: readonly MetricRow[];
  revision: number;
}

const BUCKETS = 200;

function Chart({ run, chart: { title, unit, keys }, rows, revision }: ChartProps) {
  const element = useRef<HTMLElement>(null);
  const isWanted = useNear(element);
  const sets = useCurves({ run, metrics: keys, axis: "relative", buckets: BUCKETS, revision, isWanted });
  const background = useBackground();
  const words = rows.map((row) => inWords(row, unit));
  const lines = useMemo(
    () =>
      sets?.flatMap((set, at): Line[] => {
        const [line] = linesOf(set, { run: () => "", group: () => "", background });
        return line ? [{ ...line, ...groupLook(at, background) }] : [];
      }),
    [sets, background],
  );
  return (
    <figure ref={element}>
      <figcaption>
        {showText(title, 60)}
        {unit && <span className="faint"> {unit}</span>}
      </figcaption>
      <Sized className="system-chart">{(size) => lines && <Curves lines={lines} size={size} />}</Sized>
      <ul className="system-legend">
        {rows.map(({ key }, at) => (
          <li key={key}>
            <span className="swatch" style={{ background: groupLook(at, background).colour }} />
            {words[at]}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** What it shows is told by the legend. */
function Curves({ lines, size }: { lines: readonly Line[]; size: Size }) {
  const draw = useMemo(
    () => (pen: Pen) => {
      const ends = lines.flatMap(({ x }) => (x.length > 0 ? [x[0]!, x.at(-1)!] : []));
      const range = { from: Math.min(...ends), to: Math.max(...ends) };
      const frame = curvesFrame(lines, { axis: "relative", logX: false, logY: false, range }, size);
      if (frame) drawCurves(pen, frame, lines, plotTheme(), null);
    },
    [lines, size],
  );
  return <Picture size={size} draw={draw} />;
}

function inWords({ key, last, min, max }: MetricRow, unit: string): string {
  const values = [last, min, max].map(showNumber);
  return `${showText(systemName(key), 60)}: last ${values[0]}, from ${values[1]} to ${values[2]}${unit && ` ${unit}`}`;
}

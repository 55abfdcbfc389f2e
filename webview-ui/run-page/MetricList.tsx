import { useMemo, useState } from "react";
import type { CurveSet } from "../../src/domain/curve";
import { runColour } from "../../src/domain/runColour";
import { showNumber, showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { linesOf } from "../charts/lines";
import { Picture } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { padded, place, rangeOf } from "../plot/scale";
import type { MetricRow } from "./metricRows";
import { useCurves } from "./useCurves";

const FIRST = 40;
const SPARK = { width: 120, height: 24 };

export interface MetricListProps {
  run: string;
  rows: readonly MetricRow[];
  revision: number;
}

/** Every metric with its curve in small. */
export function MetricList({ run, rows, revision }: MetricListProps) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <>
      <table className="metrics">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Last</th>
            <th scope="col">Least</th>
            <th scope="col">Greatest</th>
            <th scope="col">Points</th>
            <th scope="col">From</th>
            <th scope="col">Curve</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, last, min, max, count, from }) => (
            <tr key={key}>
              <th scope="row">{showText(key, 80)}</th>
              <td>{showNumber(last)}</td>
              <td>{showNumber(min)}</td>
              <td>{showNumber(max)}</td>
              <td>{count}</td>
              <td className="faint">{showText(from, 40)}</td>
              <td>{count > 1 && <Sparkline run={run} metric={key} revision={revision} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Show all {rows.length}
        </button>
      )}
    </>
  );
}

function Sparkline({ run, metric, revision }: { run: string; metric: string; revision: number }) {
  const background = useBackground();
  const sets = useCurves({ run, metrics: [metric], axis: "step", buckets: SPARK.width / 2, revision });
  const set = sets?.[0];
  const draw = useMemo(() => (pen: Pen) => set && drawSpark(pen, set, run, background), [set, run, background]);
  return <Picture size={SPARK} draw={draw} />;
}

function drawSpark(pen: Pen, set: CurveSet, run: string, background: "light" | "dark"): void {
  const [line] = linesOf(set, { run: () => "", group: () => "", background });
  const y = line && rangeOf([line.y], false);
  if (!line || !y || !set.extent) return;
  const x = set.extent.from < set.extent.to ? set.extent : padded(set.extent, false);
  const across = { ...x, start: 2, end: SPARK.width - 2, log: false };
  const up = { ...padded(y, false), start: SPARK.height - 2, end: 2, log: false };
  const placed = (column: Float64Array, scale: typeof up) =>
    Float64Array.from(column, (value) => (Number.isFinite(value) ? place(scale, value) : Number.NaN));
  pen.line(placed(line.x, across), placed(line.y, up), { colour: runColour(run, background), width: 1.2 });
}

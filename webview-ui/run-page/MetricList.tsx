import { useEffect, useMemo, useState } from "react";
import type { CurveSet } from "../../src/domain/curve";
import { runColour } from "../../src/domain/runColour";
import { unpackCurves } from "../../src/protocol/packedCurves";
import type { RunPageContent } from "../../src/protocol/runPage";
import { showNumber, showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { linesOf } from "../charts/lines";
import { Picture } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { padded, place, rangeOf } from "../plot/scale";
import { extension } from "./extension";

const FIRST = 40;
const SPARK = { width: 120, height: 24 };

/** Every metric with its curve in small. */
export function MetricList({ run, revision }: { run: RunPageContent; revision: number }) {
  const [all, setAll] = useState(false);
  const shown = all ? run.metrics : run.metrics.slice(0, FIRST);
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
            <th scope="col">Curve</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, count }, at) => (
            <tr key={key}>
              <th scope="row">{showText(key, 80)}</th>
              <td>{showNumber(run.metricValues[at * 3]!)}</td>
              <td>{showNumber(run.metricValues[at * 3 + 1]!)}</td>
              <td>{showNumber(run.metricValues[at * 3 + 2]!)}</td>
              <td>{count}</td>
              <td>{count > 1 && <Sparkline run={run.id} metric={key} revision={revision} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {run.metrics.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Show all {run.metrics.length}
        </button>
      )}
    </>
  );
}

function Sparkline({ run, metric, revision }: { run: string; metric: string; revision: number }) {
  const background = useBackground();
  const [set, setSet] = useState<CurveSet>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has other points.
  useEffect(() => {
    const controller = new AbortController();
    const request = { key: metric, axis: "step", log: false, range: null, smoothing: 0, groups: null } as const;
    extension.call("curves", { ...request, buckets: SPARK.width / 2, runs: [run] }, controller.signal).then(
      (packed) => setSet(unpackCurves(packed)),
      // Without its curve the row still tells the values.
      () => {},
    );
    return () => controller.abort();
  }, [run, metric, revision]);
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

import { useMemo } from "react";
import type { CurveAxis } from "../../src/domain/curve";
import { formatDuration } from "../../src/domain/format";
import { showNumber, showText } from "../base/numbers";
import type { Frame } from "../plot/axes";
import { Picture, type Size } from "../plot/Picture";
import type { Pen } from "../plot/pen";
import { place } from "../plot/scale";
import { plotTheme } from "../plot/theme";
import type { Line } from "./lines";
import { type Reading, readingsAt } from "./readout";
import { cursor, cursorChart, useShared } from "./shared";

interface CursorProps {
  metric: string;
  lines: Line[];
  frame: Frame;
}

interface LayerProps extends CursorProps {
  size: Size;
  marked: { from: number; to: number } | null;
}

/** Above the curves: where the reader looks, the points there, and what the mouse has marked. */
export function CursorLayer({ lines, frame, size, marked }: LayerProps) {
  const x = useShared(cursor);
  const draw = useMemo(
    () => (pen: Pen) => {
      const theme = plotTheme();
      const { inner } = frame;
      if (marked) pen.box({ ...inner, x: marked.from, width: marked.to - marked.from }, theme.cursor, 0.2);
      if (x === null) return;
      const at = place(frame.x, x);
      pen.within(inner, () => {
        pen.line([at, at], [inner.y, inner.y + inner.height], { colour: theme.faint, width: 1, dash: [3, 3] });
        for (const { line, x: px, y } of readingsAt(lines, x, reachOf(frame))) {
          pen.dot(place(frame.x, px), place(frame.y, y), 3, line.colour);
        }
      });
    },
    [lines, frame, x, marked],
  );
  return <Picture size={size} draw={draw} overlay />;
}

/** Twelve pixels. */
const reachOf = ({ x, inner }: Frame) => ((x.to - x.from) / inner.width) * 12;

const MOST_ROWS = 14;

/** The values of all lines at the cursor, of the chart that it is moved in. */
export function Readout({ metric, lines, frame, axis }: CursorProps & { axis: CurveAxis }) {
  const x = useShared(cursor);
  const isHere = useShared(cursorChart) === metric;
  if (!isHere || x === null) return <div className="unseen" role="status" />;
  const readings = readingsAt(lines, x, reachOf(frame));
  const at = place(frame.x, x);
  const onRight = at < frame.inner.x + frame.inner.width / 2;
  return (
    <div
      className="readout"
      role="status"
      style={onRight ? { left: at + 14 } : { right: frame.inner.x + frame.inner.width + 12 - at + 14 }}
    >
      <div className="readout-x">{placeText(x, axis)}</div>
      {cutRows(readings).map(({ line, text }) => (
        <div key={line.id} className="readout-row">
          <span className="swatch" style={{ background: line.colour }} />
          <span className="readout-name">{showText(line.label, 60)}</span>
          <span className="readout-value">{text}</span>
        </div>
      ))}
      {readings.length > MOST_ROWS && <div className="faint">and {readings.length - MOST_ROWS} between</div>}
      {readings.length === 0 && <div className="faint">No value here</div>}
    </div>
  );
}

/** Of many the greatest and the least, which are looked for. */
function cutRows(readings: Reading[]): Reading[] {
  if (readings.length <= MOST_ROWS) return readings;
  return [...readings.slice(0, MOST_ROWS / 2), ...readings.slice(-MOST_ROWS / 2)];
}

function placeText(x: number, axis: CurveAxis): string {
  if (axis === "relative") return x < 0 ? `${showNumber(x / 1_000)} s` : `${formatDuration(x)} after the start`;
  if (axis === "wall") return Math.abs(x) <= 8.64e15 ? new Date(x).toLocaleString() : showNumber(x);
  return `Step ${showNumber(x)}`;
}

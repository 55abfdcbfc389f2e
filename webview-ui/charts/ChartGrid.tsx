import { type ReactNode, useRef } from "react";
import { useViewport } from "../base/virtual";

export interface ChartGridProps {
  /** The metrics, a chart for each. */
  metrics: readonly string[];
  /** Charts beside each other; 0: as many as there is room for. */
  columns: number;
  chart(metric: string): ReactNode;
}

const HEIGHT = 290;
const LEAST_WIDTH = 320;
const GAP = 10;

/** Only the charts in sight, and those of the rows beside them, are there at all: a thousand metrics are no burden. */
export function ChartGrid({ metrics, columns, chart }: ChartGridProps) {
  const element = useRef<HTMLElement>(null);
  const { top, width, height } = useViewport(element);
  const across = columns > 0 ? columns : Math.max(1, Math.min(metrics.length, Math.floor(width / LEAST_WIDTH)));
  const rows = Math.ceil(metrics.length / across);
  // A few charts have all the room.
  const rowHeight = Math.max(HEIGHT, Math.min(520, Math.floor(height / Math.max(1, rows))));
  const chartWidth = (width - GAP) / across;
  const first = Math.max(0, Math.floor(top / rowHeight) - 1);
  const end = Math.min(rows, Math.ceil((top + height) / rowHeight) + 1);
  const shown = width > 0 ? metrics.slice(first * across, end * across) : [];

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls with the keys.
    <section ref={element} className="grid" tabIndex={0} aria-label="Charts">
      <div className="grid-whole" style={{ height: rows * rowHeight + GAP }}>
        {shown.map((metric, at) => {
          const place = first * across + at;
          const style = {
            left: GAP + (place % across) * chartWidth,
            top: GAP + Math.floor(place / across) * rowHeight,
            width: chartWidth - GAP,
            height: rowHeight - GAP,
          };
          return (
            <div key={metric} className="grid-cell" style={style}>
              {chart(metric)}
            </div>
          );
        })}
      </div>
    </section>
  );
}

import { Fragment, useCallback, useMemo } from "react";
import type { ChartRun } from "../../../src/protocol/charts";
import type { Brush } from "../../../src/protocol/chartsState";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { plotTheme } from "../../plot/theme";
import type { Colouring } from "../colouring";
import { extension } from "../extension";
import { type Item, Stage } from "../Stage";
import { showValue } from "../valueAxis";
import { AxisBrush } from "./AxisBrush";
import { AxisMenu } from "./AxisMenu";
import { type Axis, drawBrushes, drawParallel, lineOf, placeAxes, rowAt, widthFor } from "./parallel";

export interface ParallelStageProps {
  size: Size;
  runs: readonly ChartRun[];
  axes: readonly Axis[];
  rows: readonly number[];
  left: readonly number[];
  colouring: Colouring;
  brushes: Readonly<Record<string, Brush>>;
  /** Of all axes, those that are still being read too. */
  ids: readonly string[];
  onAxes(ids: string[]): void;
  onLog(id: string, log: boolean): void;
  onBrush(id: string, brush: Brush | null): void;
}

/** The lines with what can be done at each axis. */
export function ParallelStage(props: ParallelStageProps) {
  const { runs, axes, rows, left, colouring, brushes, ids, onAxes, onLog, onBrush } = props;
  const { width, height } = props.size;
  // In a narrow page it is scrolled.
  const least = widthFor(axes.length, colouring);
  const size = useMemo(() => ({ width: Math.max(width, least), height }), [width, height, least]);
  const placed = useMemo(() => placeAxes(axes, colouring, size), [axes, colouring, size]);
  const draw = useCallback(
    (pen: Pen) => {
      const theme = plotTheme();
      drawParallel(pen, { axes: placed, rows, left, colouring }, size, theme);
      drawBrushes(pen, placed, brushes, theme);
    },
    [placed, rows, left, colouring, size, brushes],
  );

  const items = useMemo(() => {
    const last = placed.at(-1)!.column.values;
    const rank = (row: number) => (Number.isNaN(last[row]!) ? -Infinity : last[row]!);
    // The greatest of the last axis, mostly a metric, first.
    const sorted = left.toSorted((a, b) => rank(b) - rank(a) || a - b);
    return sorted.map((row): Item => {
      const { x, y } = lineOf(placed, row);
      const at = y.findIndex((value) => !Number.isNaN(value));
      const values = placed.map(({ column }) => [column.label, showValue(column, column.values[row]!)] as const);
      return { id: runs[row]!.id, heading: runs[row]!.name, x: x[at] ?? 0, y: y[at] ?? 0, rows: values };
    });
  }, [placed, left, runs]);
  const rowOf = useMemo(() => new Map(runs.map(({ id }, row) => [id, row])), [runs]);
  const itemAt = (x: number, y: number): Item | undefined => {
    const row = rowAt(placed, left, x, y);
    return row === undefined ? undefined : items.find(({ id }) => id === runs[row]!.id);
  };
  const mark = useCallback(
    (pen: Pen, { id }: Item) => {
      const row = rowOf.get(id);
      if (row === undefined) return;
      const { x, y } = lineOf(placed, row);
      const { foreground, background } = plotTheme();
      pen.line(x, y, { colour: background, width: 6 });
      pen.line(x, y, { colour: colouring.of(row) ?? foreground, width: 3.5 });
    },
    [placed, rowOf, colouring],
  );

  const swap = (id: string, by: -1 | 1) => {
    const at = ids.indexOf(id);
    const next = [...ids];
    [next[at], next[at + by]] = [next[at + by]!, next[at]!];
    onAxes(next);
  };
  const count = left.length === 1 ? "one run is" : `${left.length} runs are`;
  return (
    <Stage
      label={`Parallel coordinates with ${placed.length} axes: of ${rows.length} runs ${count} left. Arrow keys read runs, Enter opens one; each axis has sliders that choose runs.`}
      {...{ size, draw, items, itemAt, mark }}
      onOpen={({ id }) => void extension.call("openRun", { id })}
    >
      {placed.map((axis, at) => {
        const { id } = axis.column;
        return (
          <Fragment key={id}>
            <AxisMenu
              {...{ axis, at, count: placed.length, isBrushed: Object.hasOwn(brushes, id) }}
              onMove={(by) => swap(id, by)}
              onLog={(log) => onLog(id, log)}
              onClear={() => onBrush(id, null)}
              onRemove={() => onAxes(ids.filter((other) => other !== id))}
            />
            <AxisBrush axis={axis} brush={brushes[id]} onBrush={(brush) => onBrush(id, brush)} />
          </Fragment>
        );
      })}
    </Stage>
  );
}

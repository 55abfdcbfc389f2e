import { useCallback, useMemo } from "react";
import { columnId, columnOf } from "../../../src/domain/table/columns";
import type { ChartsContent } from "../../../src/protocol/charts";
import type { BarsView as BarsState } from "../../../src/protocol/chartsState";
import { showText } from "../../base/numbers";
import { useBackground } from "../../base/theme";
import { Dropdown } from "../../controls";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { place } from "../../plot/scale";
import { plotTheme } from "../../plot/theme";
import { writeTable } from "../../runs-table/copy";
import { ColumnField } from "../ColumnField";
import { choicesOf } from "../columns";
import { extension } from "../extension";
import { Check, Field } from "../Field";
import { KindLayout, useShownRows } from "../KindLayout";
import type { KindProps } from "../kindProps";
import { type Item, Stage } from "../Stage";
import { useColumns } from "../useColumns";
import { barsOf, barsTable, readBar } from "./bars";
import { type BarsPicture, barsFrame, drawBars, drawFrame } from "./drawBars";
import { useBoxes } from "./useBoxes";

const SHAPES = [
  { value: "bars", label: "Bars" },
  { value: "boxes", label: "Box Plots" },
];
const ORDERS = [
  { value: "value", label: "Value" },
  { value: "name", label: "Name" },
  { value: "start", label: "Start" },
];

/** A value of each run, or of groups of them. */
export function BarsView({ content, view, onView }: KindProps) {
  const { runs } = content;
  const state = withDefaults(view.bars, content);
  const { shape, order, log } = state;
  const choices = useMemo(() => choicesOf(content), [content]);
  const columns = useColumns(runs, [state.value, state.group]);
  const rows = useShownRows(content, view);
  const background = useBackground();
  const [value, group] = [columns.of(state.value), columns.of(state.group)];
  const metric = state.value === null ? undefined : columnOf(state.value);
  const isOfPoints = shape === "boxes" && state.group === null && metric?.source === "metric";
  const { boxes, fault } = useBoxes(isOfPoints ? metric.key : null, runs);
  const isReading = value === undefined || group === undefined || (isOfPoints && !boxes);

  const bars = useMemo(
    () =>
      value && !isReading ? barsOf({ value, group: group ?? null, runs, shape, order, boxes, background }, rows) : [],
    [value, group, runs, shape, order, boxes, background, rows, isReading],
  );
  const picture = useMemo(
    (): BarsPicture | null => (value && bars.length > 0 ? { bars, column: value, shape, log } : null),
    [bars, value, shape, log],
  );
  const set = (change: Partial<BarsState>) => onView({ bars: { ...view.bars, ...change } });
  const title = titleOf(value?.label, group?.label, state);
  const isShown = picture !== null && barsFrame(picture, { width: 400, height: 300 }) !== null;
  const told = bars.reduce((sum, { count }) => sum + count, 0);
  const missing = rows.length - told;

  return (
    <KindLayout
      {...{ content, view, onView, title }}
      note={isShown ? undefined : isReading ? "Reading…" : emptyNote(value?.words !== null && value !== undefined, log)}
      fault={columns.fault ?? fault}
      aside={isShown && missing > 0 ? `${missing} without a value` : undefined}
      fields={
        <>
          <ColumnField label="Value" value={state.value} choices={choices} onChange={(next) => set({ value: next })} />
          <ColumnField
            label="Of"
            none="Each Run"
            value={state.group}
            choices={choices}
            onChange={(next) => set({ group: next })}
          />
          <Field label="As">
            <Dropdown
              id="bars-shape"
              label="As"
              describedBy={[]}
              value={shape}
              options={SHAPES}
              onChange={(next) => set({ shape: next as BarsState["shape"] })}
            />
          </Field>
          <Field label="Order">
            <Dropdown
              id="bars-order"
              label="Order"
              describedBy={[]}
              value={order}
              options={ORDERS}
              onChange={(next) => set({ order: next as BarsState["order"] })}
            />
          </Field>
          <Check label="Log" checked={log} onChange={(checked) => set({ log: checked })} />
        </>
      }
      exported={{
        name: title,
        picture: picture
          ? { title, names: [], draw: (pen, size, theme) => drawBars(pen, picture, size, theme) }
          : undefined,
        csv: () => (value ? writeTable(barsTable(bars, value, { group: state.group !== null, shape }), "csv") : ""),
      }}
      picture={(size) => picture && <BarsStage {...{ picture, size, title }} isGrouped={state.group !== null} />}
    />
  );
}

function withDefaults(state: BarsState, { judged, metrics }: ChartsContent): BarsState {
  const key = judged ?? metrics[0]?.key;
  return { ...state, value: state.value ?? (key === undefined ? "run:duration" : columnId({ source: "metric", key })) };
}

function titleOf(value: string | undefined, group: string | undefined, { shape }: BarsState): string {
  if (value === undefined) return "Bars";
  const what = shape === "boxes" && group === undefined ? `All points of ${value}` : value;
  return group === undefined ? `${what} by run` : `${what} by ${group}`;
}

function emptyNote(isWords: boolean, log: boolean): string {
  if (isWords) return "These are words. Choose a value that is a number.";
  return log
    ? "No value is above zero: nothing can be drawn on a logarithmic axis."
    : "No run that shows has this value.";
}

interface BarsStageProps {
  picture: BarsPicture;
  size: Size;
  title: string;
  isGrouped: boolean;
}

function BarsStage({ picture, size, title, isGrouped }: BarsStageProps) {
  const { bars, column } = picture;
  const draw = useCallback((pen: Pen) => drawBars(pen, picture, size, plotTheme()), [picture, size]);
  const frame = useMemo(() => barsFrame(picture, size), [picture, size]);
  const items = useMemo(() => {
    if (!frame) return [];
    return bars.map((bar, at): Item => {
      const top = place(frame.y, bar.box ? bar.box.high : bar.value);
      const y = Number.isNaN(top) ? frame.inner.y + frame.inner.height : top;
      return { id: bar.id, heading: bar.label, x: place(frame.x, at), y, rows: readBar(bar, column, isGrouped) };
    });
  }, [bars, frame, column, isGrouped]);
  const itemAt = (x: number): Item | undefined => {
    if (!frame || x < frame.inner.x) return undefined;
    const room = place(frame.x, 1) - place(frame.x, 0);
    return items[Math.round((x - place(frame.x, 0)) / room)];
  };
  const mark = useCallback(
    (pen: Pen, { id }: Item) => {
      const at = bars.findIndex((bar) => bar.id === id);
      if (frame && at >= 0) drawFrame(pen, frame, at, plotTheme());
    },
    [bars, frame],
  );
  const what = isGrouped ? "groups" : "runs";
  return (
    <Stage
      label={`${showText(title)}: ${bars.length} ${what}. Arrow keys read them${isGrouped ? "" : ", Enter opens a run"}.`}
      {...{ size, draw, items, itemAt, mark }}
      onOpen={isGrouped ? undefined : ({ id }) => void extension.call("openRun", { id })}
    />
  );
}

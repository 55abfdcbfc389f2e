import { useCallback, useMemo } from "react";
import { columnId } from "../../../src/domain/table/columns";
import type { ChartsContent } from "../../../src/protocol/charts";
import type { ScatterView as ScatterState } from "../../../src/protocol/chartsState";
import { showText } from "../../base/numbers";
import { useBackground } from "../../base/theme";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { plotTheme } from "../../plot/theme";
import { writeTable } from "../../runs-table/copy";
import { ColumnField } from "../ColumnField";
import { type Colouring, colouringOf } from "../colouring";
import { choicesOf, paramsByVariety } from "../columns";
import { runTable } from "../exportTable";
import { extension } from "../extension";
import { Check } from "../Field";
import { KindLayout, useShownRows } from "../KindLayout";
import type { KindProps } from "../kindProps";
import { type Item, Stage } from "../Stage";
import { useColumns } from "../useColumns";
import { showValue, suitsLog } from "../valueAxis";
import { drawRing, drawScatter, placePoints, type Scatter, scatterOf } from "./scatter";

/** Any value of the runs against any other. */
export function ScatterView({ content, view, onView }: KindProps) {
  const { runs } = content;
  const isChosen = view.scatter.x !== null;
  const param = useMemo(() => (isChosen ? undefined : paramsByVariety(runs)[0]), [runs, isChosen]);
  const state = withDefaults(view.scatter, param, content);
  const choices = useMemo(() => choicesOf(content), [content]);
  const columns = useColumns(runs, [state.x, state.y, state.colour]);
  const rows = useShownRows(content, view);
  const background = useBackground();
  const [x, y, colour] = [columns.of(state.x), columns.of(state.y), columns.of(state.colour)];
  const logX = state.logX ?? (x ? suitsLog(x) : false);
  const logY = state.logY ?? (y ? suitsLog(y) : false);

  const scatter = useMemo(() => (x && y ? scatterOf({ x, y, logX, logY }, rows) : null), [x, y, logX, logY, rows]);
  const colouring = useMemo(() => {
    const ids = runs.map(({ id }) => id);
    return colouringOf(colour ?? null, ids, scatter?.rows ?? [], background);
  }, [runs, colour, scatter, background]);
  const missing = scatter ? rows.length - scatter.rows.length : 0;
  const set = (change: Partial<ScatterState>) => onView({ scatter: { ...view.scatter, ...change } });
  const title = x && y ? `${y.label} against ${x.label}` : "Scatter";
  const note = x === undefined || y === undefined ? "Reading…" : scatter ? undefined : NOTHING;
  const shown = [x, y, colour].flatMap((column) => column ?? []);

  return (
    <KindLayout
      {...{ content, view, onView, title, note }}
      fault={columns.fault}
      aside={missing > 0 ? `${missing} without both values` : undefined}
      fields={
        <>
          <ColumnField
            label="X"
            value={state.x}
            choices={choices}
            onChange={(value) => set({ x: value, logX: null })}
          />
          <ColumnField
            label="Y"
            value={state.y}
            choices={choices}
            onChange={(value) => set({ y: value, logY: null })}
          />
          <ColumnField
            label="Colour"
            none="Each Run"
            value={state.colour}
            choices={choices}
            onChange={(value) => set({ colour: value })}
          />
          <Check label="Log X" checked={logX} onChange={(checked) => set({ logX: checked })} />
          <Check label="Log Y" checked={logY} onChange={(checked) => set({ logY: checked })} />
        </>
      }
      exported={{
        name: title,
        picture: scatter
          ? { title, names: [], draw: (pen, size, theme) => drawScatter(pen, scatter, colouring, size, theme) }
          : undefined,
        csv: () => writeTable(runTable(runs, scatter?.rows ?? [], shown), "csv"),
      }}
      picture={(size) => scatter && <ScatterPicture {...{ scatter, colouring, size, runs, title, missing }} />}
    />
  );
}

const NOTHING =
  "No run that shows has both values as numbers or words. On a logarithmic axis only values above zero can be drawn.";

/** The metric that runs are judged by, against the param that differs most, or else the time they began. */
function withDefaults(
  state: ScatterState,
  param: string | undefined,
  { judged, metrics }: Pick<ChartsContent, "judged" | "metrics">,
): ScatterState {
  const key = judged ?? metrics[0]?.key;
  const y = state.y ?? (key === undefined ? "run:duration" : columnId({ source: "metric", key }));
  return { ...state, x: state.x ?? param ?? "run:startTime", y };
}

interface ScatterPictureProps {
  scatter: Scatter;
  colouring: Colouring;
  size: Size;
  runs: ChartsContent["runs"];
  title: string;
  /** Runs that are not drawn. */
  missing: number;
}

function ScatterPicture({ scatter, colouring, size, runs, title, missing }: ScatterPictureProps) {
  const draw = useCallback(
    (pen: Pen) => drawScatter(pen, scatter, colouring, size, plotTheme()),
    [scatter, colouring, size],
  );
  const items = useMemo(() => {
    const { x, y } = scatter.columns;
    const { key } = colouring;
    const third = key?.kind === "scale" ? key.column : undefined;
    const shown = [x, y, ...(third && third.id !== x.id && third.id !== y.id ? [third] : [])];
    return placePoints(scatter, colouring, size).points.map((point): Item => {
      const { id, name } = runs[point.row]!;
      const values = shown.map((column) => [column.label, showValue(column, column.values[point.row]!)] as const);
      return { id, heading: name, x: point.x, y: point.y, rows: values };
    });
  }, [scatter, colouring, size, runs]);
  const mark = useCallback((pen: Pen, { x, y }: Item) => drawRing(pen, x, y, plotTheme()), []);
  const count = items.length === 1 ? "one run" : `${items.length} runs`;
  const without = missing > 0 ? ` ${missing} without both values are left out.` : "";
  return (
    <Stage
      label={`${showText(title)}: ${count}.${without} Arrow keys read runs, Enter opens one.`}
      {...{ size, draw, items, mark }}
      onOpen={({ id }) => void extension.call("openRun", { id })}
    />
  );
}

import { useMemo } from "react";
import { columnId } from "../../../src/domain/table/columns";
import type { ChartsContent } from "../../../src/protocol/charts";
import type { ParallelView as ParallelState } from "../../../src/protocol/chartsState";
import { useBackground } from "../../base/theme";
import { Button } from "../../controls";
import { writeTable } from "../../runs-table/copy";
import { ColumnField } from "../ColumnField";
import { colouringOf } from "../colouring";
import { type Column, choicesOf, paramsByVariety } from "../columns";
import { runTable } from "../exportTable";
import { KindLayout, useShownRows } from "../KindLayout";
import type { KindProps } from "../kindProps";
import { useColumns } from "../useColumns";
import { suitsLog } from "../valueAxis";
import { type Brushed, filterOf, rowsLeft } from "./brushes";
import { ParallelStage } from "./ParallelStage";
import { axisOf, drawBrushes, drawParallel, drawTitles, placeAxes } from "./parallel";
import { useTableFilter } from "./useTableFilter";

/** All chosen values of each run as a line; brushes on the axes choose runs, here and in the Runs table. */
export function ParallelView({ content, view, onView }: KindProps) {
  const { runs } = content;
  const { axes: chosen } = view.parallel;
  // Kept while brushes are drawn: to work it out takes a look at every value of all runs.
  const params = useMemo(() => (chosen ? [] : paramsByVariety(runs).slice(0, FIRST_PARAMS)), [runs, chosen]);
  const state = useMemo(
    () => withDefaults(view.parallel, params, content.judged),
    [view.parallel, params, content.judged],
  );
  const choices = useMemo(() => choicesOf(content), [content]);
  const { axes: ids, colour: colourId, log, brushes } = state;
  const columns = useColumns(runs, [...ids, colourId]);
  const rows = useShownRows(content, view);
  const background = useBackground();

  const axes = useMemo(() => {
    const known = ids.flatMap((id) => columns.of(id) ?? []);
    return known.map((column) => axisOf(column, log[column.id] ?? suitsLog(column)));
  }, [ids, columns, log]);
  const brushed = useMemo(
    () => axes.flatMap(({ column }): Brushed[] => (brushes[column.id] ? [{ column, brush: brushes[column.id]! }] : [])),
    [axes, brushes],
  );
  const left = useMemo(() => rowsLeft(rows, brushed), [rows, brushed]);
  const colour = columns.of(colourId);
  const colouring = useMemo(() => {
    const all = runs.map(({ id }) => id);
    return colouringOf(colour ?? null, all, rows, background);
  }, [runs, colour, rows, background]);
  const listed = useMemo(() => {
    const wanted = new Set([...left.map((row) => runs[row]!.id), ...view.hidden]);
    return brushed.length > 0 ? wanted : undefined;
  }, [left, runs, brushed, view.hidden]);

  const isReading = ids.some((id) => columns.of(id) === undefined);
  const filter = useMemo(
    () =>
      filterOf(
        brushed,
        left.map((row) => runs[row]!.id),
      ),
    [brushed, left, runs],
  );
  const table = useTableFilter(isReading ? undefined : filter);
  const set = (change: Partial<ParallelState>) => onView({ parallel: { ...view.parallel, ...change } });
  const title = "Parallel coordinates";
  const others = choices.filter(({ value }) => !ids.includes(value));
  const picture = (size: { width: number; height: number }) => ({
    ...{ rows, left, colouring },
    axes: placeAxes(axes, colouring, size),
  });

  return (
    <KindLayout
      {...{ content, view, onView, title, listed }}
      note={axes.length > 0 ? undefined : isReading ? "Reading…" : "These runs have nothing that could be an axis."}
      fault={columns.fault ?? table.fault}
      aside={`${left.length} of ${rows.length} runs are left`}
      fields={
        <>
          <ColumnField
            label="Colour"
            none="Each Run"
            value={colourId}
            choices={choices}
            onChange={(value) => set({ colour: value ?? "" })}
          />
          <ColumnField
            label="Axes"
            name="Add Axis"
            placeholder="Add…"
            value={null}
            choices={others}
            onChange={(value) => value !== null && set({ axes: [...ids, value] })}
          />
          <Button off={Object.keys(brushes).length === 0} onClick={() => set({ brushes: {} })}>
            Clear Brushes
          </Button>
          <button type="button" className="tool" aria-pressed={table.follows} onClick={table.toggle}>
            Filter Runs Table
          </button>
        </>
      }
      exported={{
        name: title,
        picture:
          axes.length > 0
            ? {
                title,
                names: [],
                draw(pen, size, theme) {
                  const shown = picture(size);
                  drawParallel(pen, shown, size, theme);
                  drawTitles(pen, shown.axes, theme);
                  drawBrushes(pen, shown.axes, brushes, theme);
                },
              }
            : undefined,
        csv: () => writeTable(runTable(runs, left, columnsOf(axes, colour)), "csv"),
      }}
      picture={(size) => (
        <ParallelStage
          {...{ size, runs, brushes, ids }}
          {...{ axes, rows, left, colouring }}
          onAxes={(next) => set({ axes: next })}
          onLog={(id, next) => set({ log: { ...log, [id]: next } })}
          onBrush={(id, brush) => {
            const { [id]: _, ...rest } = brushes;
            set({ brushes: brush ? { ...rest, [id]: brush } : rest });
          }}
        />
      )}
    />
  );
}

const columnsOf = (axes: readonly { column: Column }[], colour: Column | null | undefined): Column[] => [
  ...axes.map(({ column }) => column),
  ...(colour ? [colour] : []),
];

/** More than this nobody reads at once. */
const FIRST_PARAMS = 6;

type Chosen = Omit<ParallelState, "axes"> & { axes: string[] };

/** The params that differ most, and the metric that runs are judged by, which also colours them. */
function withDefaults(state: ParallelState, params: readonly string[], judged: ChartsContent["judged"]): Chosen {
  const metric = judged && columnId({ source: "metric", key: judged });
  const axes = state.axes ?? [...params, metric ?? "run:duration"];
  // Chosen to be none, it is the empty text.
  return { ...state, axes, colour: state.colour === "" ? null : (state.colour ?? metric) };
}

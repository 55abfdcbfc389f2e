import { useCallback, useMemo } from "react";
import { RUN_COLOURS } from "../../../src/domain/runColour";
import { type ColumnKey, columnId, columnOf } from "../../../src/domain/table/columns";
import type { Aspect } from "../../../src/protocol/charts";
import { showText } from "../../base/numbers";
import { useBackground } from "../../base/theme";
import type { Size } from "../../plot/Picture";
import type { Pen } from "../../plot/pen";
import { plotTheme } from "../../plot/theme";
import { writeTable } from "../../runs-table/copy";
import { ColumnField } from "../ColumnField";
import { choicesOf, labelOf } from "../columns";
import { KindLayout, useShownRows } from "../KindLayout";
import type { KindProps } from "../kindProps";
import { type Item, Stage } from "../Stage";
import { drawImportance, heightFor, type ImportancePicture, layOut } from "./drawImportance";
import { useImportance } from "./useImportance";
import { CAVEATS, importanceTable, METHOD, readParam, trust } from "./words";

/** Which params mattered for a metric, by two measures, with what they do not say. */
export function ImportanceView({ content, view, onView }: KindProps) {
  const { runs, metrics, judged } = content;
  const { aspect } = view.importance;
  const key = view.importance.key ?? judged ?? metrics[0]?.key;
  const column: ColumnKey | undefined = key === undefined ? undefined : { source: "metric", key, aspect };
  const choices = useMemo(() => choicesOf(content).filter(({ hint }) => hint === "metric"), [content]);
  const rows = useShownRows(content, view);
  const ended = useMemo(
    () => rows.flatMap((row) => (runs[row]!.status === "running" ? [] : runs[row]!.id)),
    [rows, runs],
  );
  const { answer, fault } = useImportance(key === undefined ? null : { key, aspect, runs: ended });
  const background = useBackground();

  const picture = useMemo((): ImportancePicture | null => {
    const [importance, falls, rises] = RUN_COLOURS[background] as [string, string, string];
    return answer && answer.params.length > 0 ? { params: answer.params, colours: { importance, falls, rises } } : null;
  }, [answer, background]);
  const label = column ? labelOf(column) : "a metric";
  const title = `What mattered for ${label}`;

  return (
    <KindLayout
      {...{ content, view, onView, title, fault }}
      note={picture ? undefined : emptyNote(answer, key !== undefined)}
      fields={
        <ColumnField
          label="Metric"
          value={column ? columnId(column) : null}
          choices={choices}
          onChange={(id) => {
            const chosen = id === null ? undefined : columnOf(id);
            if (!chosen) return;
            onView({ importance: { key: chosen.key, aspect: (chosen.aspect ?? "last") as Aspect } });
          }}
        />
      }
      exported={{
        name: title,
        picture: picture
          ? {
              title,
              names: [],
              size: { width: 800, height: heightFor(picture.params.length) },
              draw: (pen, size, theme) => drawImportance(pen, picture, size, theme),
            }
          : undefined,
        csv: () => writeTable(importanceTable(answer ?? { params: [] }), "csv"),
      }}
      picture={(size) => picture && <ImportanceStage {...{ picture, size, title }} />}
    >
      {answer && picture && (
        <div className="caveats">
          <p role="status">{trust(answer)}</p>
          <p>{METHOD}</p>
          <p>{CAVEATS}</p>
        </div>
      )}
    </KindLayout>
  );
}

function emptyNote(answer: ReturnType<typeof useImportance>["answer"], hasMetric: boolean): string {
  if (!hasMetric) return "These runs have logged no metrics so far.";
  if (answer === undefined) return "Working it out…";
  if (answer === null) {
    return "At least ten runs that have ended are needed, with values of this metric that differ. Record more, or choose another metric.";
  }
  return "All of these runs have the same params.";
}

function ImportanceStage({ picture, size, title }: { picture: ImportancePicture; size: Size; title: string }) {
  const draw = useCallback((pen: Pen) => drawImportance(pen, picture, size, plotTheme()), [picture, size]);
  const layout = useMemo(() => layOut(picture, size), [picture, size]);
  const items = useMemo(
    () =>
      picture.params.slice(0, layout.shown).map((param, at): Item => {
        const y = layout.top + layout.row * (at + 0.5);
        return { id: `param:${param.name}`, heading: param.name, x: layout.importance.end, y, rows: readParam(param) };
      }),
    [picture, layout],
  );
  const itemAt = (_: number, y: number): Item | undefined => items[Math.floor((y - layout.top) / layout.row)];
  const mark = useCallback(
    (pen: Pen, { y }: Item) => {
      const box = { x: 4, y: y - layout.row / 2, width: size.width - 8, height: layout.row };
      pen.box(box, plotTheme().foreground, 0.08);
    },
    [layout, size],
  );
  const [first] = picture.params;
  return (
    <Stage
      label={`${showText(title)}: ${picture.params.length} params, ${showText(first!.name, 60)} the most. Arrow keys read them.`}
      {...{ size, draw, items, itemAt, mark }}
    />
  );
}

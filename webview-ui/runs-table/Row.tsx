// biome-ignore-all lint/a11y/useSemanticElements: rows and cells of a real table cannot be left out of the page.
// biome-ignore-all lint/a11y/useFocusableInteractive: the table has the focus, and says which cell the keys are at.
/** One line of the table: a run, or a group of them. */
import { memo, type ReactNode } from "react";
import { runColour } from "../../src/domain/runColour";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import { useBackground } from "../base/theme";
import { CellContent, type CellLook, heatPercent, isOther, titleOfCell } from "./Cell";
import { isDuration, isTime } from "./cellText";
import type { TableData } from "./data";
import { EditCell } from "./EditCell";
import { groupTitle, showGroupCell } from "./groups";
import type { Line } from "./rows";

/** Columns of one line: those that stay in sight, then those in sight of the others. */
export interface Window {
  pinned: readonly ColumnKey[];
  /** Where each pinned column begins, in pixels. */
  lefts: readonly number[];
  others: readonly ColumnKey[];
  /** Place of the first of the others among all columns. */
  start: number;
  /** Pixels of columns that are left out before the others. */
  before: number;
  widths: ReadonlyMap<string, number>;
  total: number;
}

export const ROW_HEIGHT = 26;
export const HEADER_HEIGHT = 30;
export const CHECK_WIDTH = 30;

export interface RowProps {
  line: Line;
  /** Place in the table. */
  place: number;
  /** Changes when the run does: the row is drawn anew. */
  version: number;
  data: TableData;
  window: Window;
  looks: ReadonlyMap<string, CellLook>;
  baseline: number | undefined;
  selected: boolean;
  /** Place of the column that the keys are at; -1 for none in this row. */
  active: number;
  /** Column that is being edited. */
  editing: string | undefined;
  now: number;
  onEdited(row: number, column: ColumnKey, text: string | null): void;
}

export const cellDomId = (place: number, column: number) => `cell-${place}-${column}`;

export const Row = memo(function Row(props: RowProps) {
  const { line, place, data, window, selected } = props;
  const isGroup = line.kind === "group";
  const cell = (column: ColumnKey, at: number, left?: number) => {
    const id = columnId(column);
    return (
      <Cell
        key={id}
        line={line}
        place={place}
        version={props.version}
        data={data}
        column={column}
        at={at}
        left={left}
        width={window.widths.get(id)!}
        look={props.looks.get(id) ?? NO_LOOK}
        baseline={props.baseline}
        isActive={props.active === at}
        isEdited={props.editing === id}
        now={isTime(column) || isDuration(column) || (isGroup && at === 0) ? props.now : 0}
        onEdited={props.onEdited}
      />
    );
  };
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isGroup ? undefined : selected}
      aria-expanded={isGroup ? line.unfolded : undefined}
      aria-level={isGroup ? 1 : line.inGroup ? 2 : undefined}
      className="row"
      data-place={place}
      data-kind={line.kind}
      data-odd={place % 2 === 1 || undefined}
      data-baseline={(line.kind === "run" && line.row === props.baseline) || undefined}
      style={{ top: place * ROW_HEIGHT, height: ROW_HEIGHT, width: window.total }}
    >
      <div role="gridcell" aria-colindex={1} className="cell check pinned" style={{ width: CHECK_WIDTH, left: 0 }}>
        {isGroup ? (
          <span className="fold" data-open={line.unfolded || undefined} aria-hidden="true" />
        ) : (
          <Check selected={selected} name={String(data.value({ source: "run", key: "name" }, line.row) ?? "")} />
        )}
      </div>
      {window.pinned.map((column, at) => cell(column, at, window.lefts[at]))}
      <div role="presentation" className="gap" style={{ width: window.before }} />
      {window.others.map((column, at) => cell(column, window.start + at))}
    </div>
  );
});

/** Shows the choice; clicks and keys are the table's. */
const Check = ({ selected, name }: { selected: boolean; name: string }) => (
  <input type="checkbox" tabIndex={-1} checked={selected} readOnly aria-label={`Select ${name}`} />
);

interface CellProps extends Pick<RowProps, "line" | "place" | "version" | "data" | "baseline" | "onEdited"> {
  column: ColumnKey;
  /** Place among the shown columns. */
  at: number;
  /** Of a pinned one. */
  left: number | undefined;
  width: number;
  look: CellLook;
  isActive: boolean;
  isEdited: boolean;
  /** 0 where nothing depends on it: most cells are not drawn anew as time goes by. */
  now: number;
}

/** Columns come and go while a row stays: then only the new cells are drawn. */
const Cell = memo(function Cell(props: CellProps) {
  const { line, place, data, column, at, left, width, look, baseline, now } = props;
  const id = columnId(column);
  const isNumber = data.cells(column)?.kind === "number";
  const run = line.kind === "run" ? { data, column, row: line.row, baseline, look, now } : undefined;
  const heat = run && heatPercent(run);
  return (
    <div
      role="gridcell"
      id={cellDomId(place, at)}
      aria-colindex={at + 2}
      className={left === undefined ? "cell" : "cell pinned"}
      data-column={at}
      data-active={props.isActive || undefined}
      data-number={isNumber || undefined}
      data-other={(run && isOther(run)) || undefined}
      title={run && titleOfCell(run)}
      style={{
        width,
        left,
        background: heat === undefined ? undefined : `color-mix(in srgb, var(--heat) ${heat}%, var(--ground))`,
      }}
    >
      {run && props.isEdited ? (
        <EditCell
          label={id}
          value={String(data.value(column, run.row) ?? "")}
          onDone={(text) => props.onEdited(run.row, column, text)}
        />
      ) : (
        content(props, run)
      )}
    </div>
  );
});

const NO_LOOK: CellLook = { direction: "neither", span: undefined };

function content(
  { line, data, column, at, now }: CellProps,
  run: Parameters<typeof CellContent>[0] | undefined,
): ReactNode {
  if (line.kind === "group") {
    const { group } = line;
    if (at > 0) return showGroupCell(data, column, group.rows, now);
    return (
      <span className="group-title">
        {groupTitle(group, now)} <span className="count">{group.rows.length}</span>
      </span>
    );
  }
  if (at > 0 || !run) return run ? <CellContent {...run} /> : null;
  const { row } = run;
  return (
    <span className="name" data-inside={line.inGroup || undefined}>
      <Swatch id={data.ids[row]!} />
      {data.value({ source: "run", key: "pinned" }, row) === 1 && <PinMark />}
      <span className="name-text">
        <CellContent {...run} />
      </span>
      {run.baseline === row && <span className="badge">Baseline</span>}
    </span>
  );
}

function Swatch({ id }: { id: string }) {
  return <span className="swatch" aria-hidden="true" style={{ background: runColour(id, useBackground()) }} />;
}

const PinMark = () => (
  <svg className="pin-mark" role="img" aria-label="pinned" width="12" height="12" viewBox="0 0 16 16">
    <path
      fill="currentColor"
      d="M9.8 1.6 14.4 6.2l-1 1-.7-.2-2.5 2.5.1 2.6-1 1-2.9-2.9L2.6 14l-.6-.6 3.8-3.8-2.9-2.9 1-1 2.6.1L9 3.3l-.2-.7z"
    />
  </svg>
);

// biome-ignore-all lint/a11y/useSemanticElements: rows and cells of a real table cannot be left out of the page.
// biome-ignore-all lint/a11y/noStaticElementInteractions: which role it has is worked out.
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: as above.
// biome-ignore-all lint/a11y/useFocusableInteractive: the table has the focus, and says which cell the keys are at.
/** The table itself: only the rows and columns in sight are in the page. */
import { type MouseEvent, useMemo, useRef } from "react";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import { itemsInSight, offsetsOf, rowsInSight, useSteps, useViewport } from "../base/virtual";
import { directionOf, spanOf } from "./better";
import type { CellLook } from "./Cell";
import { widthOf } from "./columns";
import { HeaderCell, type HeaderCellProps } from "./HeaderCell";
import { CHECK_WIDTH, cellDomId, HEADER_HEIGHT, ROW_HEIGHT, Row, type RowProps, type Window } from "./Row";
import { type Position, useGridKeys } from "./useGridKeys";
import type { Table } from "./useTable";

export interface GridProps {
  table: Table;
  selected: ReadonlySet<string>;
  active: Position;
  editing: { place: number; column: string } | undefined;
  now: number;
  label: string;
  onActive(position: Position): void;
  onKey: Parameters<typeof useGridKeys>[0]["onKey"];
  onRowClick(place: number, event: MouseEvent): void;
  onRowOpen(place: number, column: number): void;
  onRowMenu(place: number, column: number, at: { left: number; top: number }): void;
  onEdited: RowProps["onEdited"];
  heading: Pick<HeaderCellProps, "onSort" | "onMenu" | "onResize" | "onMove">;
}

/** Rows are put into the page this many at a time, so that most frames of scrolling put none. */
const STEP = 8;
/** New rows in one frame: a jump takes a few frames rather than one long one. */
const MOST_NEW = 12;
const SPARE_ROWS = 4;
const SPARE_COLUMNS = 2;

export function Grid(props: GridProps) {
  const { table, selected, active, editing, now } = props;
  const { lines, shown, view, data } = table;
  const scroller = useRef<HTMLDivElement>(null);
  const viewport = useViewport(scroller);
  const window = useColumnWindow(table, viewport.left, viewport.width);
  const looks = useLooks(table, window);
  const room = Math.max(0, viewport.height - HEADER_HEIGHT);
  const inSight = rowsInSight(lines.length, ROW_HEIGHT, viewport.top, room, SPARE_ROWS);
  const wanted = {
    start: Math.floor(inSight.start / STEP) * STEP,
    end: Math.min(lines.length, Math.ceil(inSight.end / STEP) * STEP),
  };
  const { start, end } = useSteps(wanted, Math.floor(viewport.top / ROW_HEIGHT), MOST_NEW);
  const onKeyDown = useGridKeys({
    scroller,
    lines: lines.length,
    columns: shown.length,
    pageRows: Math.max(1, Math.floor((viewport.height - HEADER_HEIGHT) / ROW_HEIGHT) - 1),
    window,
    shown,
    active,
    onActive: props.onActive,
    onKey: props.onKey,
  });

  const sorts = new Map(view.sort.map(({ column, descending }, place) => [column, { descending, place }]));
  const heading = (column: ColumnKey, at: number, left?: number) => {
    const id = columnId(column);
    const sort = sorts.get(id);
    return (
      <HeaderCell
        key={id}
        column={column}
        at={at}
        width={window.widths.get(id)!}
        left={left}
        sort={sort && (sort.descending ? "descending" : "ascending")}
        sortPlace={view.sort.length > 1 ? sort && sort.place + 1 : undefined}
        isNumber={data.cells(column)?.kind === "number"}
        grouped={view.groups.includes(id)}
        active={active.line === -1 && active.column === at}
        {...props.heading}
      />
    );
  };

  /** Where in the table something happened; undefined outside of the rows. */
  function placeOf(event: MouseEvent): { place: number; column: number; check: boolean } | undefined {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("[data-place]");
    if (!row) return undefined;
    const cell = target.closest<HTMLElement>("[data-column]");
    return { place: Number(row.dataset.place), column: Number(cell?.dataset.column ?? 0), check: !cell };
  }

  const isThere = active.line < end && (active.line === -1 || active.line >= start) && active.column < shown.length;
  return (
    <div
      ref={scroller}
      role={view.groups.length > 0 ? "treegrid" : "grid"}
      aria-label={props.label}
      aria-rowcount={lines.length + 1}
      aria-colcount={shown.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={isThere ? cellDomId(active.line, active.column) : undefined}
      tabIndex={0}
      className="grid"
      onKeyDown={onKeyDown}
      onMouseDown={(event) => {
        // The focus stays with the table, not with a cell that may scroll away.
        if (!(event.target as Element).closest("input.edit")) {
          event.currentTarget.focus({ preventScroll: true });
          if (event.shiftKey) event.preventDefault();
        }
      }}
      onClick={(event) => {
        const found = placeOf(event);
        if (!found || (event.target as Element).closest("input.edit")) return;
        props.onActive({ line: found.place, column: found.column });
        props.onRowClick(found.place, event);
      }}
      onDoubleClick={(event) => {
        const found = placeOf(event);
        if (found && !found.check) props.onRowOpen(found.place, found.column);
      }}
      onContextMenu={(event) => {
        const found = placeOf(event);
        if (!found || (event.target as Element).closest("input.edit")) return;
        event.preventDefault();
        props.onActive({ line: found.place, column: found.column });
        props.onRowMenu(found.place, found.column, { left: event.clientX, top: event.clientY });
      }}
    >
      <div role="row" aria-rowindex={1} className="headings" style={{ width: window.total, height: HEADER_HEIGHT }}>
        <div
          role="columnheader"
          aria-colindex={1}
          className="cell heading check pinned"
          style={{ width: CHECK_WIDTH, left: 0 }}
        >
          <span className="unseen">Selected</span>
        </div>
        {window.pinned.map((column, at) => heading(column, at, window.lefts[at]))}
        <div role="presentation" className="gap" style={{ width: window.before }} />
        {window.others.map((column, at) => heading(column, window.start + at))}
      </div>
      <div role="rowgroup" className="rows" style={{ height: lines.length * ROW_HEIGHT, width: window.total }}>
        {lines.slice(start, end).map((line, at) => {
          const place = start + at;
          const id = line.kind === "run" ? data.ids[line.row]! : line.group.key;
          return (
            <Row
              key={id}
              line={line}
              place={place}
              version={line.kind === "run" ? data.rowVersion(line.row) + data.columnsVersion / 1e6 : data.version}
              data={data}
              window={window}
              looks={looks}
              baseline={table.baseline}
              selected={line.kind === "run" && selected.has(id)}
              active={active.line === place ? active.column : -1}
              editing={editing?.place === place ? editing.column : undefined}
              now={now}
              onEdited={props.onEdited}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The columns in sight. Keeps its identity while they stay the same, so that rows are not drawn anew. */
function useColumnWindow({ shown, view }: Table, left: number, width: number): Window {
  const layout = useMemo(() => {
    const widths = new Map(shown.map((column) => [columnId(column), widthOf(column, view)]));
    // At least the first column stands apart: a row must be told from others wherever one looks.
    const count = Math.max(1, shown.filter((column) => view.pinned.includes(columnId(column))).length);
    const [pinned, others] = [shown.slice(0, count), shown.slice(count)];
    const sizes = (columns: readonly ColumnKey[]) => columns.map((column) => widths.get(columnId(column))!);
    const lefts = Array.from(offsetsOf(sizes(pinned)), (offset) => offset + CHECK_WIDTH);
    const offsets = offsetsOf(sizes(others));
    return { widths, pinned, others, lefts, offsets, fixed: lefts.at(-1)!, total: lefts.at(-1)! + offsets.at(-1)! };
  }, [shown, view]);
  const { offsets, fixed } = layout;
  const range = itemsInSight(offsets, left, Math.max(0, width - fixed), SPARE_COLUMNS);
  const { start, end } = range;
  return useMemo(
    () => ({
      pinned: layout.pinned,
      lefts: layout.lefts,
      others: layout.others.slice(start, end),
      start: layout.pinned.length + start,
      before: layout.offsets[start] ?? 0,
      widths: layout.widths,
      total: layout.total,
    }),
    [layout, start, end],
  );
}

/** Directions, and spans for heat, of the columns in sight. */
function useLooks({ view, loader, data, rows, shown }: Table, window: Window): Map<string, CellLook> {
  const heat = view.heat;
  const inSight = useMemo(() => [...window.pinned, ...window.others], [window]);
  const known = useRef(new Map<string, CellLook>());
  const versions = heat ? inSight.map((column) => data.columnVersion(column)).join() : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the versions stand for the values.
  return useMemo(() => {
    const isWarm = ({ source }: ColumnKey) => source === "metric" || source === "param";
    known.current = new Map(
      inSight.map((column) => {
        const id = columnId(column);
        const direction = directionOf(column, view, loader.lessIsBetter);
        const span = heat && isWarm(column) ? spanOf(data, column, rows) : undefined;
        const last = known.current.get(id);
        // One that stays the same is the same, so that its cells are not drawn anew.
        return [id, last && isSameLook(last, { direction, span }) ? last : { direction, span }];
      }),
    );
    return known.current;
  }, [inSight, shown, heat, view.better, loader.lessIsBetter, rows, versions, data]);
}

const isSameLook = (one: CellLook, other: CellLook) =>
  one.direction === other.direction && one.span?.min === other.span?.min && one.span?.max === other.span?.max;

// biome-ignore-all lint/a11y/useSemanticElements: rows and cells of a real table cannot be left out of the page.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the keys are the table's, which has the focus.
// biome-ignore-all lint/a11y/useFocusableInteractive: the table has the focus, and says which cell the keys are at.
/** The heading of a column: sorts by a click, is moved and resized with the mouse, and has a menu. */
import { type DragEvent, memo, type PointerEvent } from "react";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import { showText } from "../base/numbers";
import { SOURCE_TITLES, titleOf } from "./columns";
import { cellDomId, HEADER_HEIGHT } from "./Row";

export interface HeaderCellProps {
  column: ColumnKey;
  at: number;
  width: number;
  left: number | undefined;
  sort: "ascending" | "descending" | undefined;
  /** Place among the columns that are sorted by, when they are several. */
  sortPlace: number | undefined;
  grouped: boolean;
  isNumber: boolean;
  active: boolean;
  onSort(column: ColumnKey, add: boolean): void;
  onMenu(column: ColumnKey, at: { left: number; top: number }): void;
  onResize(column: ColumnKey, width: number): void;
  onMove(id: string, before: ColumnKey): void;
}

const DRAGGED = "application/x-modeltrail-column";

export const HeaderCell = memo(function HeaderCell(props: HeaderCellProps) {
  const { column, at, width, left, sort, sortPlace, grouped, active } = props;
  const id = columnId(column);
  const source = column.source === "run" ? undefined : SOURCE_TITLES[column.source];

  function startResize(event: PointerEvent<HTMLElement>): void {
    event.preventDefault();
    event.stopPropagation();
    const { currentTarget: handle, clientX, pointerId } = event;
    handle.setPointerCapture(pointerId);
    const move = (moved: globalThis.PointerEvent) => props.onResize(column, width + moved.clientX - clientX);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  }

  function drop(event: DragEvent): void {
    const dragged = event.dataTransfer.getData(DRAGGED);
    if (dragged) props.onMove(dragged, column);
  }

  return (
    <div
      role="columnheader"
      id={cellDomId(-1, at)}
      aria-colindex={at + 2}
      aria-sort={sort}
      className={left === undefined ? "cell heading" : "cell heading pinned"}
      data-column={at}
      data-active={active || undefined}
      data-number={props.isNumber || undefined}
      title={`${source ? `${source}: ` : ""}${titleOf(column)}`}
      style={{ width, left, height: HEADER_HEIGHT }}
      draggable
      onClick={(event) => props.onSort(column, event.shiftKey)}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu(column, { left: event.clientX, top: event.clientY });
      }}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, id)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      }}
      onDrop={drop}
    >
      <span className="heading-text">
        <span className="heading-name">{showText(titleOf(column), 120)}</span>
        {source && <span className="source">{source}</span>}
      </span>
      {grouped && <span className="badge">Group</span>}
      {sort && (
        <span className="sort" data-sort={sort}>
          {sortPlace}
        </span>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu has the widths for keys. */}
      <span className="resize" onPointerDown={startResize} onClick={(event) => event.stopPropagation()} />
    </div>
  );
});

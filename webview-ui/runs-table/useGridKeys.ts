/** Moving about the table by keys. What is not about moving is handed on. */
import { type KeyboardEvent, type RefObject, useEffect } from "react";
import { type ColumnKey, columnId } from "../../src/domain/table/columns";
import { HEADER_HEIGHT, ROW_HEIGHT, type Window } from "./Row";

export interface Position {
  /** -1: the headings. */
  line: number;
  column: number;
}

export interface GridKeys {
  scroller: RefObject<HTMLDivElement | null>;
  lines: number;
  columns: number;
  pageRows: number;
  window: Window;
  shown: readonly ColumnKey[];
  active: Position;
  onActive(position: Position, extend: boolean): void;
  /** True when the key meant something. */
  onKey(event: KeyboardEvent): boolean;
}

export function useGridKeys(grid: GridKeys): (event: KeyboardEvent) => void {
  const { active, lines, columns } = grid;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the keys move, not when the columns do.
  useEffect(() => bringIntoSight(grid), [active.line, active.column]);

  return (event) => {
    if (event.target !== grid.scroller.current) return;
    const next = moved(event, active, grid);
    if (next) {
      const position = {
        line: Math.max(-1, Math.min(lines - 1, next.line)),
        column: Math.max(0, Math.min(columns - 1, next.column)),
      };
      grid.onActive(position, event.shiftKey);
    } else if (!grid.onKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function moved(event: KeyboardEvent, { line, column }: Position, grid: GridKeys): Position | undefined {
  const whole = event.ctrlKey || event.metaKey;
  // With Alt columns are moved and resized.
  if (event.altKey) return undefined;
  switch (event.key) {
    case "ArrowDown":
      return { line: whole ? grid.lines - 1 : line + 1, column };
    case "ArrowUp":
      return { line: whole ? 0 : line - 1, column };
    case "ArrowLeft":
      return { line, column: whole ? 0 : column - 1 };
    case "ArrowRight":
      return { line, column: whole ? grid.columns - 1 : column + 1 };
    case "PageDown":
      return { line: line + grid.pageRows, column };
    case "PageUp":
      return { line: Math.max(0, line - grid.pageRows), column };
    case "Home":
      return { line: whole ? 0 : line, column: 0 };
    case "End":
      return { line: whole ? grid.lines - 1 : line, column: grid.columns - 1 };
    default:
      return undefined;
  }
}

function bringIntoSight({ scroller, active, window, shown }: GridKeys): void {
  const element = scroller.current;
  if (!element) return;
  if (active.line >= 0) {
    const top = active.line * ROW_HEIGHT;
    const height = element.clientHeight - HEADER_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_HEIGHT > element.scrollTop + height) element.scrollTop = top + ROW_HEIGHT - height;
  }
  const place = active.column - window.pinned.length;
  if (place < 0) return;
  const widths = shown.slice(window.pinned.length).map((column) => window.widths.get(columnId(column)) ?? 0);
  const left = widths.slice(0, place).reduce((sum, width) => sum + width, 0);
  const room = element.clientWidth - window.lefts.at(-1)!;
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (left + (widths[place] ?? 0) > element.scrollLeft + room) {
    element.scrollLeft = left + (widths[place] ?? 0) - room;
  }
}

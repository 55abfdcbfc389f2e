import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { Brush } from "../../../src/protocol/chartsState";
import { showText } from "../../base/numbers";
import { valueAt } from "../../plot/scale";
import { showValue } from "../valueAxis";
import { brushBetween, type Ends, endsOf, steppedEnd } from "./brushes";
import { brushPixels, type PlacedAxis } from "./parallel";

export interface AxisBrushProps {
  axis: PlacedAxis;
  brush: Brush | undefined;
  onBrush(brush: Brush | null): void;
}

interface Drag {
  what: "new" | "from" | "to" | "move";
  /** Pixel where it began, and what the brush was then. */
  start: number;
  ends: Ends;
}

const WIDTH = 30;
/** So near an end it is the end that moves. */
const GRIP = 6;
const LEAST_DRAG = 3;

/** A part of an axis is chosen: by dragging over it, or with the keys, at two sliders for its ends. */
export function AxisBrush({ axis, brush, onBrush }: AxisBrushProps) {
  const { column, log, whole, scale, x } = axis;
  const drag = useRef<Drag>(null);
  if (!whole) return null;
  const range = whole;
  const ends = endsOf(column, range, brush);
  const [top, bottom] = brushPixels(axis, ends);
  const name = showText(column.label, 60);
  const set = (next: Ends) => onBrush(brushBetween(column, range, log, next));

  const pixelOf = (event: PointerEvent<HTMLElement>) =>
    event.clientY - event.currentTarget.getBoundingClientRect().top + scale.end;

  function down(event: PointerEvent<HTMLElement>): void {
    if (event.button !== 0) return;
    const pixel = pixelOf(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { what: brush ? partAt(pixel, top, bottom) : "new", start: pixel, ends };
  }

  function move(event: PointerEvent<HTMLElement>): void {
    const current = drag.current;
    const pixel = pixelOf(event);
    if (!current || Math.abs(pixel - current.start) < LEAST_DRAG) return;
    set(dragged(current, axis, range, pixel));
  }

  function up(event: PointerEvent<HTMLElement>): void {
    const current = drag.current;
    drag.current = null;
    // A click beside the brush takes it away.
    if (current?.what === "new" && Math.abs(pixelOf(event) - current.start) < LEAST_DRAG) onBrush(null);
  }

  function key(which: "from" | "to", event: KeyboardEvent<HTMLElement>): void {
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (steps !== undefined) set(steppedEnd(column, range, log, ends, which, steps));
    else if (event.key === "Home") set({ ...ends, [which]: which === "from" ? range.from : ends.from });
    else if (event.key === "End") set({ ...ends, [which]: which === "from" ? ends.to : range.to });
    else if (event.key === "Delete" || event.key === "Backspace" || event.key === "Escape") onBrush(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const slider = (which: "from" | "to", at: number) => (
    <div
      role="slider"
      tabIndex={0}
      className={brush ? "brush-end chosen" : "brush-end"}
      style={{ top: at - scale.end }}
      aria-orientation="vertical"
      aria-label={`${name}, ${which === "from" ? "from" : "up to"}`}
      // Shares of the axis: values may be beyond what assistive technology reads as a number.
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(((scale.start - at) / (scale.start - scale.end)) * 100)}
      aria-valuetext={showValue(column, ends[which])}
      onKeyDown={(event) => key(which, event)}
    />
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the sliders in it do the same by keys.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is kept from the picture below.
    <div
      className="brush-strip"
      data-axis={column.id}
      style={{ left: x - WIDTH / 2, width: WIDTH, top: scale.end, height: scale.start - scale.end }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onClick={(event) => event.stopPropagation()}
    >
      {slider("from", bottom)}
      {slider("to", top)}
    </div>
  );
}

function partAt(pixel: number, top: number, bottom: number): Drag["what"] {
  if (Math.abs(pixel - top) <= GRIP) return "to";
  if (Math.abs(pixel - bottom) <= GRIP) return "from";
  return pixel > top && pixel < bottom ? "move" : "new";
}

function dragged({ what, start, ends }: Drag, { column, scale, log }: PlacedAxis, whole: Ends, pixel: number): Ends {
  const value = (at: number) => Math.min(scale.to, Math.max(scale.from, valueAt(scale, at)));
  if (what === "from") return { from: Math.min(value(pixel), ends.to), to: ends.to };
  if (what === "to") return { from: ends.from, to: Math.max(value(pixel), ends.from) };
  if (what === "new") return { from: value(Math.max(start, pixel)), to: value(Math.min(start, pixel)) };
  // As a whole: no further than the axis goes.
  const [one, other] = [valueAt(scale, pixel), valueAt(scale, start)];
  if (log) {
    const factor = Math.min(whole.to / ends.to, Math.max(whole.from / ends.from, one / other));
    return { from: ends.from * factor, to: ends.to * factor };
  }
  const way = Math.min(whole.to - ends.to, Math.max(whole.from - ends.from, one - other));
  const by = column.words ? Math.round(way) : way;
  return { from: ends.from + by, to: ends.to + by };
}

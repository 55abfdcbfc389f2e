import { type RefObject, useEffect, useRef, useState } from "react";
import type { Box } from "../plot/pen";
import { type Range, type Scale, valueAt } from "../plot/scale";
import { moved, stepped, zoomed } from "./ranges";
import { cursor, cursorChart } from "./shared";

export interface Navigation {
  /** What the mouse has marked so far, in pixels; null when it marks nothing. */
  marked: { from: number; to: number } | null;
}

export interface NavigationOptions {
  element: RefObject<HTMLElement | null>;
  /** Tells this chart from the others. */
  chart: string;
  scale: Scale | undefined;
  inner: Box | undefined;
  /** Null shows the whole axis again. */
  onRange(range: Range | null): void;
}

/** A shorter movement is a click. */
const LEAST_DRAG = 4;
const WHEEL_ZOOM = 1.2;
const KEY_STEP = 1 / 50;

/**
 * Mouse and keys of a chart. Drag: zoom to what was marked; with Shift: move. Wheel with Ctrl or ⌘: zoom; with Shift or
 * sideways: move. Double click: everything. Left and right: cursor, with Shift: move. Plus and minus: zoom. 0: everything.
 */
export function useNavigation({ element, chart, scale, inner, onRange }: NavigationOptions): Navigation {
  const [marked, setMarked] = useState<Navigation["marked"]>(null);
  const current = useRef({ scale, inner, onRange });
  useEffect(() => {
    current.current = { scale, inner, onRange };
  });

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    let drag: { start: number; scale: Scale; moves: boolean } | undefined;

    const pixelOf = (event: MouseEvent) => event.clientX - target.getBoundingClientRect().left;
    const clampedTo = (pixel: number, box: Box) => Math.min(box.x + box.width, Math.max(box.x, pixel));

    function down(event: PointerEvent): void {
      const { scale, inner } = current.current;
      if (event.button !== 0 || !scale || !inner) return;
      drag = { start: clampedTo(pixelOf(event), inner), scale, moves: event.shiftKey };
      target!.setPointerCapture(event.pointerId);
    }
    function move(event: PointerEvent): void {
      const { scale, inner, onRange } = current.current;
      if (!scale || !inner) return;
      const pixel = clampedTo(pixelOf(event), inner);
      cursorChart.set(chart);
      cursor.set(valueAt(scale, pixel));
      if (!drag || Math.abs(pixel - drag.start) < LEAST_DRAG) return;
      if (drag.moves) onRange(moved(drag.scale, (drag.start - pixel) / inner.width));
      else setMarked({ from: Math.min(drag.start, pixel), to: Math.max(drag.start, pixel) });
    }
    function up(event: PointerEvent): void {
      const { inner, onRange } = current.current;
      if (drag && inner && !drag.moves) {
        const pixel = clampedTo(pixelOf(event), inner);
        const [from, to] = [Math.min(drag.start, pixel), Math.max(drag.start, pixel)];
        if (to - from >= LEAST_DRAG) onRange({ from: valueAt(drag.scale, from), to: valueAt(drag.scale, to) });
      }
      drag = undefined;
      setMarked(null);
    }
    function leave(): void {
      if (drag) return;
      cursor.set(null);
      cursorChart.set(null);
    }
    function wheel(event: WheelEvent): void {
      const { scale, inner, onRange } = current.current;
      if (!scale || !inner) return;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        const factor = event.deltaY > 0 ? WHEEL_ZOOM : 1 / WHEEL_ZOOM;
        onRange(zoomed(scale, valueAt(scale, clampedTo(pixelOf(event), inner)), factor));
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        onRange(moved(scale, sideways / inner.width));
      } else return;
      event.preventDefault();
    }
    function key(event: KeyboardEvent): void {
      const { scale, inner, onRange } = current.current;
      if (!scale || !inner || event.altKey || event.ctrlKey || event.metaKey) return;
      const middle = valueAt(scale, inner.x + inner.width / 2);
      const at = cursor.get() ?? middle;
      const sign = event.key === "ArrowRight" ? 1 : -1;
      switch (event.key) {
        case "ArrowLeft":
        case "ArrowRight":
          if (event.shiftKey) onRange(moved(scale, sign * KEY_STEP * 5));
          else {
            cursorChart.set(chart);
            cursor.set(stepped(scale, at, sign * KEY_STEP));
          }
          break;
        case "+":
        case "=":
          onRange(zoomed(scale, at, 1 / 1.5));
          break;
        case "-":
          onRange(zoomed(scale, at, 1.5));
          break;
        case "0":
        case "Home":
          onRange(null);
          break;
        case "Escape":
          cursor.set(null);
          cursorChart.set(null);
          break;
        default:
          return;
      }
      event.preventDefault();
    }
    const all = (): void => current.current.onRange(null);

    const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, pointerleave: leave };
    const added = Object.entries({ ...listeners, wheel, keydown: key, dblclick: all, blur: leave });
    for (const [name, listener] of added) target.addEventListener(name, listener as EventListener, { passive: false });
    return () => {
      for (const [name, listener] of added) target.removeEventListener(name, listener as EventListener);
    };
  }, [element, chart]);

  return { marked };
}

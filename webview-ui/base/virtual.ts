/** Which of very many rows, columns or charts are in sight: only those are put into the page. */
import { type RefObject, useLayoutEffect, useState } from "react";

export interface Range {
  /** First place in sight. */
  start: number;
  /** Behind the last one. */
  end: number;
}

/** Of equally high rows, with `spare` more on both sides. */
export function rowsInSight(count: number, height: number, scroll: number, size: number, spare: number): Range {
  const start = Math.max(0, Math.min(count, Math.floor(scroll / height) - spare));
  return { start, end: Math.max(start, Math.min(count, Math.ceil((scroll + size) / height) + spare)) };
}

/** Where each of these sizes begins; the last value is where all end. */
export function offsetsOf(sizes: readonly number[]): Float64Array {
  const offsets = new Float64Array(sizes.length + 1);
  for (const [place, size] of sizes.entries()) offsets[place + 1] = offsets[place]! + size;
  return offsets;
}

/** Of things that begin at `offsets` (see `offsetsOf`). */
export function itemsInSight(offsets: Float64Array, scroll: number, size: number, spare: number): Range {
  const count = offsets.length - 1;
  const start = Math.max(0, placeAt(offsets, scroll) - spare);
  return { start, end: Math.min(count, placeAt(offsets, scroll + size) + 1 + spare) };
}

/** The place of the thing at `position`; the nearest one for a position outside. */
export function placeAt(offsets: Float64Array, position: number): number {
  let [low, high] = [0, offsets.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

export interface Viewport {
  top: number;
  left: number;
  width: number;
  height: number;
}

/** What of a scrolling element is in sight, brought up to date once a frame. */
export function useViewport(element: RefObject<HTMLElement | null>): Viewport {
  const [viewport, setViewport] = useState<Viewport>({ top: 0, left: 0, width: 0, height: 0 });
  useLayoutEffect(() => {
    const scroller = element.current!;
    let frame = 0;
    const read = () => {
      frame = 0;
      const { scrollTop: top, scrollLeft: left, clientWidth: width, clientHeight: height } = scroller;
      setViewport((last) =>
        last.top === top && last.left === left && last.width === width && last.height === height
          ? last
          : { top, left, width, height },
      );
    };
    const soon = () => {
      frame ||= requestAnimationFrame(read);
    };
    read();
    scroller.addEventListener("scroll", soon, { passive: true });
    const resizes = new ResizeObserver(soon);
    resizes.observe(scroller);
    return () => {
      cancelAnimationFrame(frame);
      scroller.removeEventListener("scroll", soon);
      resizes.disconnect();
    };
  }, [element]);
  return viewport;
}

/** Which of very many rows, columns or charts are in sight: only those are put into the page. */
import { type RefObject, useLayoutEffect, useReducer, useRef, useState } from "react";

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

/**
 * A step from what is drawn towards `target`, by `most` items at most, so that no frame has to draw all at once: what is drawn
 * is kept where it is still wanted, then what is below comes, then what is above. `seen`: the first item in sight, from
 * which to begin where nothing is kept.
 */
export function stepTowards(drawn: Range, target: Range, seen: number, most: number): Range {
  const kept = { start: Math.max(drawn.start, target.start), end: Math.min(drawn.end, target.end) };
  const first = Math.max(target.start, Math.min(target.end, seen));
  const from = kept.start < kept.end ? kept : { start: first, end: first };
  const end = Math.min(target.end, from.end + most);
  const left = most - (end - from.end);
  return { start: Math.max(target.start, from.start - left), end };
}

/** What to draw in this frame to come to `target` within a few: see `stepTowards`. The first time it is all of it. */
export function useSteps(target: Range, seen: number, most: number): Range {
  const drawn = useRef<Range>(undefined);
  const [, drawOn] = useReducer((count: number) => count + 1, 0);
  const now = drawn.current ? stepTowards(drawn.current, target, seen, most) : target;
  const isThere = now.start === target.start && now.end === target.end;
  useLayoutEffect(() => {
    if (now.start < now.end) drawn.current = now;
    if (isThere) return;
    const frame = requestAnimationFrame(drawOn);
    return () => cancelAnimationFrame(frame);
  });
  return now;
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
